"""Names of a package whose modules load when they are first used."""

from collections.abc import Callable, Mapping
from importlib import import_module


def loader(package: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """Return the `__getattr__` of a package: it loads a name from its module.

    Args:
        package: name of the package.
        modules: name -> the module inside the package in which it stands.

    Example:
        >>> loader("importlib", {"files": "resources"})("files").__name__
        'files'
    """

    def load(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        return getattr(import_module(f"{package}.{modules[name]}"), name)

    return load
