"""The roles as custom properties of CSS, and the icons of statuses as SVG."""

from collections.abc import Mapping
from dataclasses import asdict

from firstbit.look.roles import roles


def custom_properties() -> str:
    """Return the rules that define every role for pages, light and dark.

    A page is dark where its reader prefers it; the attribute `data-theme` of the page,
    `light` or `dark`, overrides that.

    Example:
        >>> rules = custom_properties()
        >>> "--gru: #1F4FBE;" in rules, "--gru: #82A6ED;" in rules
        (True, True)
    """
    both = _declared(roles().measures)
    light = _declared(colours(dark=False))
    dark = _declared(colours(dark=True))
    return "\n".join(
        [
            f":root {{ color-scheme: light dark; {both} }}",
            f":root {{ {light} }}",
            "@media screen and (prefers-color-scheme: dark) {",
            f":root {{ {dark} }}",
            "}",
            f':root[data-theme="light"] {{ color-scheme: light; {light} }}',
            f':root[data-theme="dark"] {{ color-scheme: dark; {dark} }}',
        ]
    )


def properties_of(element: str) -> str:
    """Return the rules that define every role inside one element of a foreign page.

    In JupyterLab they follow its theme, elsewhere what the reader prefers.

    Example:
        >>> "--gru: #1F4FBE;" in properties_of(".firstbit")
        True
    """
    both = _declared(roles().measures)
    light = _declared(colours(dark=False))
    dark = _declared(colours(dark=True))
    lab = "[data-jp-theme-light="
    return "\n".join(
        [
            f"{element} {{ color-scheme: light dark; {both} {light} }}",
            f"@media (prefers-color-scheme: dark) {{ {element} {{ {dark} }} }}",
            f'{lab}"true"] {element} {{ color-scheme: light; {light} }}',
            f'{lab}"false"] {element} {{ color-scheme: dark; {dark} }}',
        ]
    )


def colours(*, dark: bool) -> dict[str, str]:
    """Return name of a property, without its hyphens -> its colour on a page."""
    found = asdict(roles().page(dark=dark))
    for name, status in roles().statuses.items():
        found[name] = status.hue(dark=dark)
        found[f"{name}-bg"] = status.dark_tint if dark else status.light_tint
    for name, family in roles().families.items():
        found[name] = family.hue(dark=dark)
        if family.text != family.light:
            found[f"{name}-text"] = family.ink(dark=dark)
    return found


def icons() -> str:
    """Return the icons of the statuses as hidden symbols `icon-good`, ... of SVG.

    `<svg class="icon"><use href="#icon-good"/></svg>` shows one.
    """
    symbols = []
    for name, status in roles().statuses.items():
        box = f'<symbol id="icon-{name}" viewBox="0 0 16 16">'
        symbols.append(f"{box}{status.icon}</symbol>")
    hidden = '<svg width="0" height="0" style="position: absolute" aria-hidden="true">'
    return f"{hidden}{''.join(symbols)}</svg>"


def _declared(properties: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in properties.items())
