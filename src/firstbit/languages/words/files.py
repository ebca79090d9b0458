"""Words in files: one a line, and JSON Lines with the legal next symbols."""

import json
from collections.abc import Iterable
from pathlib import Path

from firstbit.errors import OutputError, WordError, shown
from firstbit.files import write_whole
from firstbit.languages.automaton.automaton import Automaton, given


def read_words(language: Automaton | str, path: Path | str) -> list[str]:
    """Read the words of a text file, one a line, and check each.

    An empty line is the empty word.

    Raises:
        WordError: a word is not in the language: line, position, letter, state, legal
            letters; or there is no word.
        OutputError: the file can't be read as text.

    Example:
        >>> from firstbit.languages import Language
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_words(["a", "abb"], f"{folder}/words.txt")
        ...     read_words(Language.from_regex("ab*"), f"{folder}/words.txt")
        ['a', 'abb']
    """
    language = given(language)
    text = read_text(Path(path), "a text file, a word a line")
    return parse_words(language, text, source=str(path))


def parse_words(
    language: Automaton | str, text: str, *, source: str = "text"
) -> list[str]:
    r"""Return the words of a text, one a line, each checked; errors name `source`.

    Raises:
        WordError: a word is not in the language, or there is none.

    Example:
        >>> from firstbit.languages import Language
        >>> parse_words(Language.from_regex("ab*"), "a\nabb\n")
        ['a', 'abb']
    """
    language = given(language)
    words = text.splitlines()
    try:
        if not words:
            raise WordError("expected a word a line, got nothing.")
        language.check(words)
    except WordError as error:
        raise WordError(f"'{shown(source)}': {error}") from None
    return words


def write_words(words: Iterable[str], path: Path | str) -> None:
    """Write words one a line, whole or not at all.

    Raises:
        OutputError: the file can't be written.
    """
    _write_lines(words, path)


def export_words(
    language: Automaton | str, words: Iterable[str], path: Path | str
) -> None:
    """Write words as JSON Lines, each with what may follow each of its prefixes.

    `word` is the word; `next` has an entry for each of its prefixes, the empty one
    first and the whole word last: an object with the probability of every legal next
    symbol, and of `$`, the end, where a word may end.

    Raises:
        WordError: a word is not in the language.
        OutputError: the file can't be written.

    Example:
        >>> import tempfile
        >>> from firstbit.languages.catalogue import reber
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     export_words(reber(), ["BPVVE"], Path(folder) / "words.jsonl")
        ...     json.loads((Path(folder) / "words.jsonl").read_text())["next"][:3]
        [{'B': 1.0}, {'T': 0.5, 'P': 0.5}, {'T': 0.5, 'V': 0.5}]
    """
    language = given(language)
    words = list(words)
    language.check(words)
    export_prefixes(language, words, path)


def export_prefixes(
    language: Automaton, prefixes: Iterable[str], path: Path | str
) -> None:
    """Write beginnings of words as `export_words` does whole words.

    Raises:
        WordError: no word begins so.
        OutputError: the file can't be written.
    """
    states = range(len(language.states))
    # As text: each state is met many times, and numbers take long to write.
    choices = [json.dumps(language.choices(state)) for state in states]
    lines = []
    for prefix in prefixes:
        following = ", ".join(choices[state] for state in language.path(prefix))
        lines.append(f'{{"word": {json.dumps(prefix)}, "next": [{following}]}}')
    _write_lines(lines, path)


def read_text(path: Path, expected: str) -> str:
    """Return the text of a file.

    Raises:
        OutputError: it can't be read, or is not UTF-8.
    """
    try:
        # Some editors begin a file with a mark of its encoding.
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        cause = error.strerror if isinstance(error, OSError) else None
        raise OutputError(
            f"can't read '{shown(path)}': {cause or error}; expected {expected}."
        ) from error


def _write_lines(lines: Iterable[str], path: Path | str) -> None:
    text = "".join(f"{line}\n" for line in lines)

    def write(temporary: Path) -> object:
        return temporary.write_text(text, encoding="utf-8")

    write_whole(Path(path), write)
