"""`firstbit playground`."""

from pathlib import Path
from typing import Annotated

from firstbit.cli.options import file_option


def playground(
    out: Annotated[
        Path, file_option("The page that is written; it ends in .html.")
    ] = Path("playground.html"),
) -> None:
    """Write a page for the browser in which two words run side by side through a net.

    It is one file: no server, no network. Open it, or send it to a class.
    """
    from firstbit.play import playground as write

    print(f"{write(out)} is the playground: open it in a browser.")
