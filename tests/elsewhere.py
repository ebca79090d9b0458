"""Models that were not trained here: windows, the truth, tables, as functions."""

import json
from pathlib import Path

import numpy as np

from firstbit.languages import END, sample, true_probabilities
from firstbit.languages.judging.paths import Paths
from firstbit.languages.judging.simple_predictors import by_window

FEW = 20
"""Words of training: the lags of the test are short, and it takes a second."""


def truth(language):
    """The exact distribution, of several words at once."""

    def predict(words):
        rows = true_probabilities(language, words)
        return [row[: len(word)] for row, word in zip(rows, words, strict=True)]

    return predict


def window(language, size):
    """The best prediction from the last symbols, of legal words at once."""

    def predict(words):
        paths = Paths.of(language, words)
        times = np.arange(paths.symbols.shape[1])
        places = np.nonzero(times < paths.lengths[:, None])
        flat = by_window(language, paths, places, size)
        return np.split(flat, np.cumsum(paths.lengths)[:-1])

    return predict


def remembered(predict):
    """The same function of words, computed once for each word."""
    known = {}

    def again(words):
        new = [word for word in dict.fromkeys(words) if word not in known]
        if new:
            known.update(zip(new, predict(new), strict=True))
        return [known[word] for word in words]

    return again


def table(language, size):
    """The same of any word, legal or not, as a table of what windows show."""
    rows = mean_rows(language, reachable(language, size))
    outputs = len(language.outputs)
    unknown = np.full(outputs, 1 / outputs)

    def predict(word):
        given = []
        for end in range(1, len(word) + 1):
            row = rows.get(word[max(0, end - size) : end])
            given.append(unknown if row is None or not row.any() else row)
        return np.array(given)

    return predict


def reachable(language, size):
    """All words of up to `size` symbols that stand in a word of the language."""
    found = {""}
    for _ in range(size):
        for word in list(found):
            for symbol in language.alphabet:
                longer = word + symbol
                if len(longer) <= size and set(readable(language, longer)):
                    found.add(longer)
    return found - {""}


def readable(language, word, starts=None):
    """Yield the states that a word leads to, from any state."""
    for start in range(len(language.states)) if starts is None else starts:
        state = start
        for symbol in word:
            state = language.transition[state, language.alphabet.index(symbol)]
            if state < 0:
                break
        if state >= 0:
            yield int(state)


def mean_rows(language, windows):
    """Mean row after each window, by how often words show it, from a large sample."""
    longest = max(map(len, windows))
    totals = {one: np.zeros(len(language.outputs)) for one in windows}
    for word in sample(language, 4000, seed=7):
        states = language.path(word)[1:]
        for end, state in enumerate(states, start=1):
            seen = word[max(0, end - longest) : end]
            if seen in totals:
                totals[seen] += language.next_output[state]
    return {one: row / max(row.sum(), 1.0) for one, row in totals.items()}


def one_hot_of(language, predict):
    """A model of words as one of one-hot arrays (time, symbol)."""

    def call(array):
        assert array.shape[1:] == (len(language.alphabet),)
        word = "".join(language.alphabet[i] for i in array.argmax(axis=1))
        return predict([word])[0]

    return call


def indices_of(language, predict):
    """A model of words as one of arrays (word, time) of numbers, padded."""

    def call(array):
        given = np.zeros((*array.shape, len(language.outputs)))
        for row, numbers in enumerate(array):
            word = "".join(language.alphabet[i] for i in numbers)
            # What is behind a word's end may be illegal: the longest legal part.
            legal = legal_part(language, word)
            given[row, : len(legal)] = predict([legal])[0]
        return given

    return call


def legal_part(language, word):
    while word and not set(readable(language, word, [0])):
        word = word[:-1]
    return word


def answer_files(folder, predict, path, *, as_objects=False, language=None):
    """Write what a model predicts for the words of an exported folder."""
    lines = []
    for file in sorted((Path(folder) / "judge").glob("*.jsonl")):
        words = [json.loads(line)["word"] for line in file.read_text().splitlines()]
        for word, rows in zip(words, predict(words), strict=True):
            scores = rows.tolist()
            if as_objects:
                scores = [
                    {o: p for o, p in zip(language.outputs, row, strict=True) if p}
                    for row in scores
                ]
            lines.append(json.dumps({"word": word, "scores": scores}))
    Path(path).write_text("\n".join(lines) + "\n")
    return lines


def plain_words(language, predict, longest):
    """Yield the words that a model calls its own, by plain search; see `Asked`."""
    entered = set(language.transition.ravel().tolist()) - {-1}
    table = [language.next_output[state] for state in sorted(entered)]
    rows = np.unique(np.array([row for row in table if row.any()]).round(12), axis=0)
    queue = [""]
    for word in queue:
        ended = ends_readable(language, word)
        legal = set(language.choices(0))
        if word:
            last = predict(word)[-1]
            row = rows[((rows - last) ** 2).sum(axis=1).argmin()]
            legal = {o for o, p in zip(language.outputs, row, strict=True) if p > 0}
        is_own = END in legal if language.has_end_marker or not word else ended
        if is_own:
            yield word
        if len(word) == longest or (ended and word and not language.has_end_marker):
            continue
        queue += [word + symbol for symbol in sorted(legal - {END})]


def ends_readable(language, word):
    """Whether the longest end of a word that can be read leads to final states."""
    for first in range(len(word)):
        starts = [0] if first == 0 else None
        states = set(readable(language, word[first:], starts))
        if states:
            return all(language.stop[state] > 0 for state in states)
    return False
