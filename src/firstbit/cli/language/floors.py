"""The answer about the least loss."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from firstbit.cli.language.answer import Answer, Row
from firstbit.cli.language.asked import Asked
from firstbit.cli.output import counted, print_table

if TYPE_CHECKING:
    from firstbit.languages import Language
    from firstbit.languages.demand.losses import Loss


class LossFloors(NamedTuple):
    """The floors in one loss: with the state known, and of windows of 0, 1, ..."""

    full: float
    window: list[float]


@dataclass(frozen=True)
class Floors(Answer):
    """The full floor and the window floors.

    Attributes:
        found: the floors in each loss.
        per: `word` or `symbol`.
    """

    found: dict[str, LossFloors]
    per: str

    name = "floors"

    @classmethod
    def of(cls, language: "Language", asked: Asked) -> "Floors":
        """Compute the floors in squared error, and in bits or nats."""
        from firstbit.languages import full_floor, window_floors

        lengths = asked.measured_lengths
        first_symbol = asked.first_symbol
        per = asked.shared_among
        losses: tuple[Loss, ...] = ("squared error", asked.loss)
        found = {}
        for loss in losses:
            full = full_floor(
                language, loss, lengths=lengths, per=per, first_symbol=first_symbol
            )
            windows = window_floors(
                language,
                asked.longest_window,
                loss,
                lengths=lengths,
                per=per,
                first_symbol=first_symbol,
            )
            found[loss] = LossFloors(full, windows)
        return cls(found, per)

    def as_json(self) -> object:
        """Return the floors in each loss."""
        floors: dict[str, object] = {}
        for loss, found in self.found.items():
            suffix = "" if loss == "squared error" else f"_{loss}"
            floors[f"full{suffix}"] = found.full
            floors[f"window{suffix}"] = found.window
        return floors

    def rows(self) -> list[Row]:
        """Return a row for each window, and one for the state."""
        found: list[Row] = []
        of_each = [one.window for one in self.found.values()]
        windows = zip(*of_each, strict=True)
        for window, floors in enumerate(windows):
            found.append(
                {"known": window, **dict(zip(self.found, floors, strict=True))}
            )
        full = {loss: one.full for loss, one in self.found.items()}
        return [*found, {"known": "state", **full}]

    def show(self) -> None:
        """Print a table."""
        rows: list[list[str]] = []
        columns = [found.window for found in self.found.values()]
        for window, floors in enumerate(zip(*columns, strict=True)):
            known = f"the last {counted(window, 'symbol')}"
            rows.append([known, *(f"{floor:.10g}" for floor in floors)])
        full = [f"{found.full:.10g}" for found in self.found.values()]
        rows.append(["the state", *full])
        print_table(f"Least loss a {self.per}", ["known", *self.found], rows)
