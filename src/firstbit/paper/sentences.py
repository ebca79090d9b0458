"""The sentences of the claims and of the page: templates to fill with numbers."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from firstbit.look.numbers import with_interval, written


def sentences(name: str, **numbers: object) -> dict[str, str]:
    """Fill numbers into a template and return its texts by name.

    A template is a series of `{% set name %}text{% endset %}`; the filter `shown`
    formats a number as Python does, `written` and `share` as pages do. Line breaks of
    the template are spaces.

    Args:
        name: path of the template in `templates`, without its ending.
        numbers: every name that the template uses.

    Example:
        >>> sentences("figures")["fig11"]
        'D(l,k) for the GRU, weights N(0, 1).'
    """
    template = _environment().get_template(f"{name}.jinja")
    module = template.make_module(numbers)
    texts: dict[str, str] = {}
    for part, text in vars(module).items():
        if part.startswith("_") or not isinstance(text, str):
            continue
        texts[part] = " ".join(text.split())
    return texts


def _share(value: float) -> str:
    """Return a share as per cent, with three digits."""
    return with_interval(value, value, value, is_share=True)


@cache
def _environment() -> Environment:
    """Return the templates; their text is plain, and escaped where a page shows it."""
    environment = Environment(
        loader=PackageLoader("firstbit.paper", "templates"),
        autoescape=False,
        undefined=StrictUndefined,
    )
    environment.filters["shown"] = format
    environment.filters["written"] = written
    environment.filters["share"] = _share
    return environment
