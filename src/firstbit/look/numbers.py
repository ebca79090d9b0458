"""Numbers as figures and pages write them: two or three digits, and no `e-14`."""

from math import floor, isinf, isnan, log10

from firstbit.tabular import digits_to_show

LEAST, MOST = -2, 4
"""Powers of ten: numbers from .01 to 9,999 are written plainly."""

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_SURE = 0.1
"""An interval that is narrower than this share of its number allows a third digit."""


def written(value: float, digits: int = 2) -> str:
    """Return a number with some significant digits.

    Example:
        >>> written(0.4512), written(1.4e-14), written(-12345, 3), written(0)
        ('0.45', '1.4·10⁻¹⁴', '−1.23·10⁴', '0')
    """
    if isnan(value):
        return "not known"
    if isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits - 1}e}")
    power = floor(log10(abs(rounded)))
    if LEAST <= power < MOST:
        text = f"{rounded:,.{max(0, digits - 1 - power)}f}"
    else:
        mantissa = f"{value:.{digits - 1}e}".partition("e")[0]
        text = f"{mantissa}·{power_of_ten(power)}"
    return text.replace("-", "−")


def decimals(value: float) -> str:
    """Return two decimals with a minus sign, and never minus zero.

    Example:
        >>> decimals(-0.001), decimals(-0.5)
        ('0.00', '−0.50')
    """
    return f"{round(float(value), 2) + 0.0:.2f}".replace("-", "−")


def power_of_ten(power: int) -> str:
    """Return a power of ten, whose exponent is as large as other letters.

    Example:
        >>> power_of_ten(-9), power_of_ten(2)
        ('10⁻⁹', '10²')
    """
    return f"10{str(power).translate(_RAISED)}"


def with_interval(
    value: float, low: float, high: float, *, is_share: bool = False
) -> str:
    """Return a number with its interval; a share is written as per cent.

    An end that is the number itself leaves the interval out.

    Example:
        >>> with_interval(0.45, 0.28, 0.61), with_interval(1.2, 1.2, 1.2)
        ('0.45 (0.28 to 0.61)', '1.20')
        >>> with_interval(0.972, 0.959, 0.981, is_share=True)
        '97.2 % (95.9 to 98.1)'
        >>> with_interval(99.96, 99.95, 99.97)
        '99.96 (99.95 to 99.97)'
    """
    scale, unit = (100, " %") if is_share else (1, "")
    digits = 3 if high - low < _SURE * abs(value) else 2
    digits = max(digits, digits_to_show(value, high - low))
    numbers = [written(scale * one, digits) for one in (value, low, high)]
    if low == value == high:
        return f"{numbers[0]}{unit}"
    return f"{numbers[0]}{unit} ({numbers[1]} to {numbers[2]})"
