"""Tables of text in the forms of others: CSV, and LaTeX with the rules of booktabs."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from math import floor, isfinite, log10

ESCAPED = str.maketrans(
    {
        **{letter: f"\\{letter}" for letter in "&%$#_{}"},
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "|": r"\textbar{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "±": r"$\pm$",
        "≤": r"$\le$",
        "≥": r"$\ge$",
        "·": r"$\cdot$",
        "−": "$-$",
        "–": "--",
        "…": r"\ldots{}",
    }
)
"""Characters that mean something else in LaTeX, or that its fonts lack."""

MOST_DIGITS = 17
"""A number in float64 has no more."""

POWER = re.compile(r"(?<![\w.])(-?)(\d+(?:\.\d+)?)e([+-]?)0*(\d+)(?![\w.])")
"""A number such as 1.4e-14."""


def csv_text(rows: Sequence[Mapping[str, object]]) -> str:
    r"""Return rows as CSV; numbers keep all their digits, None is empty.

    Args:
        rows: values by column; a column that a row lacks is empty there.

    Example:
        >>> csv_text([{"cell": "gru,reset=after", "D": 1 / 3}, {"cell": "lstm"}])
        'cell,D\n"gru,reset=after",0.3333333333333333\nlstm,\n'
    """
    columns = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        # Nan alone differs from itself.
        known = {name: value for name, value in row.items() if value == value}
        writer.writerow(known)
    return text.getvalue()


def with_interval(value: float, lower: float, upper: float, digits: int = 3) -> str:
    """Return a number with ± half the width of its interval.

    Where this would reach across 0 and the interval does not, the interval itself
    stands there. A number without a finite interval stands alone. A narrow interval
    shows more digits of its number: rounded, it would lie outside.

    Example:
        >>> with_interval(0.5, 0.4, 0.6), with_interval(5e-06, 0.0, 0.8)
        ('0.5 ± 0.1', '5e-06 [0, 0.8]')
        >>> with_interval(99.964, 99.95, 99.97)
        '99.96 ± 0.01'
    """
    half = (upper - lower) / 2
    text = f"{value:.{max(digits, digits_to_show(value, half))}g}"
    if not isfinite(half):
        return text
    if half > abs(value) and lower * upper >= 0:
        return f"{text} [{lower:.1g}, {upper:.1g}]"
    if half >= 1:
        return f"{text} ± {half:.0f}"
    return f"{text} ± {half:.1g}"


def digits_to_show(value: float, width: float) -> int:
    """Return the digits of a number down to the first one of a width; 0 if none.

    Example:
        >>> digits_to_show(-0.452328, 0.00013), digits_to_show(0.5, 0.1)
        (4, 1)
    """
    if not (isfinite(value) and isfinite(width) and value and width > 0):
        return 0
    last = floor(log10(float(f"{width:.0e}")))  # as it is written
    digits = floor(log10(abs(value))) - last + 1
    return min(max(digits, 0), MOST_DIGITS)


def latex_text(text: str) -> str:
    r"""Return a text as LaTeX has it; a number like 1.4e-14 as a power of ten.

    Example:
        >>> print(latex_text("50 % ± 1e-05"))
        50 \% $\pm$ $1\cdot10^{-5}$
    """
    parts = []
    end = 0
    for found in POWER.finditer(text):
        sign, digits, minus, power = found.groups()
        exponent = power if minus != "-" else f"-{power}"
        parts.append(text[end : found.start()].translate(ESCAPED))
        parts.append(f"${sign}{digits}\\cdot10^{{{exponent}}}$")
        end = found.end()
    return "".join([*parts, text[end:].translate(ESCAPED)])


def latex_tabular(lines: Sequence[Sequence[str]], *, numeric: bool = True) -> str:
    r"""Return a tabular with the rules of booktabs.

    Args:
        lines: the heads of the columns, then the rows.
        numeric: whether all columns but the first are set on the right.

    Example:
        >>> print(latex_tabular([["cell", "D"], ["gru", "0.5 ± 0.1"]]), end="")
        \begin{tabular}{lr}
        \toprule
        cell & D \\
        \midrule
        gru & 0.5 $\pm$ 0.1 \\
        \bottomrule
        \end{tabular}
    """
    head, *body = map(_latex_row, lines)
    others = "r" if numeric else "l"
    columns = "l" + others * (len(lines[0]) - 1)
    parts = [rf"\begin{{tabular}}{{{columns}}}", r"\toprule", head, r"\midrule"]
    parts += [*body, r"\bottomrule", r"\end{tabular}"]
    return "\n".join(parts) + "\n"


def _latex_row(line: Sequence[str]) -> str:
    """Return a row of a tabular.

    A bracket or a star at its beginning would be an option of the line before it.
    """
    row = " & ".join(map(latex_text, line)) + r" \\"
    return f"{{}}{row}" if row.startswith(("[", "*")) else row
