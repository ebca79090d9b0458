"""The templates of pages, and of parts of them."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from firstbit.report.mathematics import in_letters, typeset


@cache
def template(name: str) -> Template:
    """Return a template of the folder `templates`; what it is given is escaped."""
    environment = Environment(
        loader=PackageLoader("firstbit.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(typeset=typeset, in_letters=in_letters)
    return environment.get_template(name)
