"""`--part I/N --into DIR`: a share of a command's blocks or seeds, and no result."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from firstbit.cli.output import counted
from firstbit.cli.printed import Printed
from firstbit.errors import SettingError
from firstbit.execution import Execution
from firstbit.parts import Part
from firstbit.provenance import own_version
from firstbit.store import keep_asked, require_asked

if TYPE_CHECKING:
    import xarray as xr


class Joined(NamedTuple):
    """What the parts of a command make.

    Attributes:
        result: for a file.
        show: prints it in a form.
    """

    result: "xr.Dataset"
    show: Callable[[Printed], None]


@dataclass(frozen=True)
class Divisible(ABC):
    """What a command that can be cut into parts is asked for; options are fields.

    Attributes:
        command: its name.
    """

    command: ClassVar[str]

    def settings(self) -> dict[str, object]:
        """Return what decides the result, for JSON."""
        return {"command": self.command, **vars(self)}

    @classmethod
    def of_settings(cls, settings: Mapping[str, object]) -> "Divisible | None":
        """Return what was asked for, from JSON without the command; None if it isn't.

        Args:
            settings: a value for each option.
        """
        names = {field.name for field in fields(cls)}
        return cls(**settings) if settings.keys() == names else None

    @property
    @abstractmethod
    def name(self) -> str:
        """The cell, as it was given."""

    @abstractmethod
    def joined(self, execution: Execution) -> Joined:
        """Make the result of what the parts have kept."""


def required_part(part: str | None, into: Path | None, **others: object) -> Part | None:
    """Return the part that is asked for, or None.

    Args:
        part: as on the command line.
        into: the folder.
        **others: what the options were given that belong to a whole result.

    Raises:
        SettingError: one of both options is missing, the part is none, or a result is
            asked for, too.
    """
    if part is None and into is None:
        return None
    if part is None:
        raise SettingError("expected --part I/N beside --into, got none; try 1/40.")
    if into is None:
        raise SettingError(
            "expected --into DIR beside --part, got none: all parts of a run share it."
        )
    for name, value in others.items():
        if value:
            raise SettingError(
                f"expected no --{name} beside --part, which writes no result; leave it "
                "to firstbit join."
            )
    return Part.parse(part)


def require_free(into: Path | None, asked: Mapping[str, object]) -> None:
    """Raise `OutputError` if the folder holds something else, or another run.

    Args:
        into: the folder; None without parts.
        asked: of the command, for JSON.
    """
    if into is not None:
        require_asked(into, _with_version(asked))


def finish_part(done: "xr.Dataset", into: Path, asked: Mapping[str, object]) -> None:
    """Keep what was asked for beside the blocks, and print what was done, on one line.

    Raises:
        OutputError: another command has kept its own meanwhile.
    """
    keep_asked(into, _with_version(asked))
    about = done.attrs
    noun = "seed" if "num_seeds" in about else "block"
    number = about[f"num_{noun}s"]
    kept = number - about["num_trained" if noun == "seed" else "num_computed"]
    before = f", {kept} of them before" if kept else ""
    print(f"Part {about['part']}: {counted(number, noun)} in '{into}'{before}.")


def _with_version(asked: Mapping[str, object]) -> dict[str, object]:
    return {**asked, "firstbit": own_version()}
