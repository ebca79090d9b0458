"""The sentences of a page, in a template beside the code that has the numbers."""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


@dataclass(frozen=True)
class Wording:
    """Texts by their names: each is a macro of one Jinja template.

    Attributes:
        package: the package whose folder has the template.
        file: the template's name in it.
    """

    package: str
    file: str

    def __call__(self, text: str, **values: object) -> str:
        """Return one text with its values; white space is reduced to single spaces.

        Args:
            text: name of the macro.
            **values: its arguments; a macro that prints a missing one fails.
        """
        macro = getattr(_template(self.package, self.file).module, text)
        return " ".join(str(macro(**values)).split())


@cache
def _template(package: str, file: str) -> Template:
    environment = Environment(
        loader=PackageLoader(package, "."),
        autoescape=False,  # a page escapes all text when it is rendered
        undefined=StrictUndefined,
    )
    return environment.get_template(file)
