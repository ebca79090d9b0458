"""Colours as numbers: how bright they are, how they contrast, and their shades."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from jaxtyping import Float

Three = Float[np.ndarray, "3"]

# Björn Ottosson, A perceptual color space for image processing, 2020.
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
"""Weights of red, green and blue light (sRGB)."""

_HALVINGS = 30

FINE = 256
"""Colours of a map, as matplotlib has them."""


def light_of(colour: str) -> Three:
    """Return the amounts of red, green and blue light of a colour `#rrggbb`, in 0..1.

    Example:
        >>> light_of("#ff0000").tolist()
        [1.0, 0.0, 0.0]
    """
    digits = colour.removeprefix("#")
    pairs = [digits[i : i + 2] for i in (0, 2, 4)]
    parts = [int(pair, 16) for pair in pairs]
    channels = np.array(parts) / 255
    steep = ((channels + 0.055) / 1.055) ** 2.4
    return np.where(channels <= 0.04045, channels / 12.92, steep)


def colour_of(light: Three) -> str:
    """Return the colour `#rrggbb` of amounts of light, cut to 0..1.

    Example:
        >>> colour_of(light_of("#1f4fbe"))
        '#1f4fbe'
    """
    light = np.clip(light, 0.0, 1.0)
    steep = 1.055 * light ** (1 / 2.4) - 0.055
    channels = np.where(light <= 0.0031308, 12.92 * light, steep)
    return "#" + "".join(f"{round(255 * float(one)):02x}" for one in channels)


@cache
def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG: 0 for black, 1 for white."""
    return float(_LUMINANCE @ light_of(colour))


def contrast(first: str, second: str) -> float:
    """Return the contrast of WCAG 2 of two colours: 1 to 21, the same both ways.

    Text needs 4.5, large text and marks 3.

    Example:
        >>> round(contrast("#000000", "#ffffff"), 6)
        21.0
    """
    dark, bright = sorted((luminance(first), luminance(second)))
    return (bright + 0.05) / (dark + 0.05)


@cache
def ramp(stops: Sequence[str]) -> list[str]:
    """Return the colours of a map, evenly between its stops.

    Example:
        >>> ramp(("#000000", "#ffffff"))[:3]
        ['#000000', '#010101', '#020202']
    """
    known = range(len(stops))
    places = np.linspace(0, known[-1], FINE)
    digits = []
    for i in (1, 3, 5):
        pairs = [stop[i : i + 2] for stop in stops]
        channel = [int(pair, 16) / 255 for pair in pairs]
        between = np.interp(places, known, channel)
        rounded = np.round(255 * between)
        digits.append([f"{int(one):02x}" for one in rounded])
    return ["#" + "".join(three) for three in zip(*digits, strict=True)]


def oklab(light: Three) -> Three:
    """Return lightness, green-red and blue-yellow in OKLab of amounts of light."""
    return _TO_LAB @ np.cbrt(_TO_CONES @ light)


def distance(first: Three, second: Three) -> float:
    """Return how different two amounts of light look: in OKLab, times 100."""
    return 100 * float(np.linalg.norm(oklab(first) - oklab(second)))


@cache
def shade(colour: str, lightness: float) -> str:
    """Return the colour of the same hue with a lightness of OKLab in 0..1.

    It is as vivid as the colour itself, or as a screen can show.

    Example:
        >>> shade("#5f0274", 0.78), shade("#16191d", 0.5)
        ('#e491fd', '#606469')
    """
    hue = oklab(light_of(colour))[1:]
    low, high = 0.0, 1.0
    if _is_shown(_light(lightness, hue)):
        return colour_of(_light(lightness, hue))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _is_shown(_light(lightness, middle * hue)):
            low = middle
        else:
            high = middle
    return colour_of(_light(lightness, low * hue))


def _light(lightness: float, hue: np.ndarray) -> Three:
    """Return the amounts of light of a colour of OKLab."""
    roots = np.linalg.solve(_TO_LAB, np.array([lightness, *hue]))
    return np.linalg.solve(_TO_CONES, roots**3)


def _is_shown(light: Three) -> bool:
    """Return whether a screen can show it."""
    return bool(light.min() >= -1e-6 and light.max() <= 1 + 1e-6)
