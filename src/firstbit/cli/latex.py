"""Standard output as LaTeX: tables as tables, sentences as comments between them."""

import io
from collections.abc import Sequence

from firstbit.tabular import latex_tabular, latex_text


class LatexOutput(io.StringIO):
    """What a command prints, as a piece of a LaTeX document.

    Attributes:
        num_tables: that were printed.

    Example:
        >>> output = LatexOutput()
        >>> output.write("2 nets overflowed.")
        18
        >>> print(output.getvalue())
        % 2 nets overflowed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.num_tables = 0
        self._begins = True

    def write(self, text: str, /) -> int:
        """Write sentences, each line as a comment."""
        for line in text.splitlines(keepends=True):
            comments = self._begins and bool(line.strip())
            super().write(f"% {line}" if comments else line)
            self._begins = line.endswith("\n")
        return len(text)

    def write_table(
        self, title: str, lines: Sequence[Sequence[str]], *, numeric: bool
    ) -> None:
        """Write a table with its caption, if it has one."""
        caption = [rf"\caption{{{latex_text(title)}}}"] if title else []
        parts = [r"\begin{table}", r"\centering", *caption]
        tabular = latex_tabular(lines, numeric=numeric)
        super().write("\n".join([*parts, tabular]))
        super().write("\\end{table}\n")
        self.num_tables += 1
