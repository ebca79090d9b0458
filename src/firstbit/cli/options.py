"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

CellName = Annotated[
    str,
    typer.Option(
        help="vanilla, gru, lstm, or a cell of your own: path/to/file.py:MyCell."
    ),
]
ActivationName = Annotated[
    str | None, typer.Option(help="Of vanilla: logistic (the paper's), tanh, relu, ...")
]
Reset = Annotated[
    str | None,
    typer.Option(help="Of gru: before the recurrent product (the paper's) or after."),
]
HiddenSizes = Annotated[
    str, typer.Option(help="Values of k: 5, or 1,2,5, or 1:20, which includes 20.")
]
InitializerName = Annotated[
    str,
    typer.Option(
        help="normal (N(0,1), the paper's), fan-in-normal, fan-in-uniform, "
        "orthogonal or identity."
    ),
]
Gain = Annotated[float, typer.Option(help="Factor of the weights.")]
NetCDF = Annotated[Path | None, typer.Option(help="netCDF file for the result.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
