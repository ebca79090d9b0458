"""The answer where nothing else was asked: the automaton."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from firstbit.cli.language.answer import Answer, Row
from firstbit.cli.output import counted, print_table

if TYPE_CHECKING:
    from firstbit.languages import Language


EDGE = ("state", "symbol", "next", "probability")


@dataclass(frozen=True)
class Summary(Answer):
    """The automaton, and its words' mean length and entropy."""

    language: "Language"
    mean_length: float
    entropy: float

    name = "summary"

    @classmethod
    def of(cls, language: "Language") -> "Summary":
        """Summarise a language."""
        from firstbit.languages import entropy, mean_length

        return cls(language, mean_length(language), entropy(language))

    def as_json(self) -> object:
        """Return the automaton's tables."""
        found = self.language.edges()
        edges = [dict(zip(EDGE, edge, strict=True)) for edge in found]
        return {
            "alphabet": list(self.language.alphabet),
            "states": list(self.language.states),
            "end": self._end(),
            "mean_length": self.mean_length,
            "entropy_bits": self.entropy,
            "edges": edges,
        }

    def rows(self) -> list[Row]:
        """Return a row for each edge, and for each state in which a word may end."""
        from firstbit.languages import END

        edges: list[Row] = []
        for edge in self.language.edges():
            edges.append(dict(zip(EDGE, edge, strict=True)))
        for state, probability in self._end().items():
            edges.append({"state": state, "symbol": END, "probability": probability})
        return edges

    def show(self) -> None:
        """Print two lines and a table of the edges."""
        from firstbit.languages import END

        alphabet = " ".join(self.language.alphabet) or "empty"
        states = counted(len(self.language.states), "state")
        print(f"{self.language.name}: {states}, alphabet {alphabet},")
        mean = counted(self.mean_length, "symbol")
        print(f"mean length {mean}, entropy {counted(self.entropy, 'bit')} a word.")
        leaving: dict[str, list[tuple[str, str, float]]] = {}
        for state, symbol, following, probability in self.language.edges():
            ways = leaving.setdefault(state, [])
            ways.append((symbol, following, probability))
        for state, probability in self._end().items():
            leaving.setdefault(state, []).append((END, "(end)", probability))
        rows: list[list[str]] = []
        for state in self.language.states:
            for symbol, following, probability in leaving.get(state, []):
                rows.append([state, symbol, following, f"{probability:.4g}"])
        columns = ["state", "symbol", "next state", "probability"]
        print_table("Edges", columns, rows)

    def _end(self) -> dict[str, float]:
        """Return the probability of the end in each state where words may end."""
        found: dict[str, float] = {}
        for state, stop in zip(self.language.states, self.language.stop, strict=True):
            if stop > 0:
                found[state] = float(stop)
        return found
