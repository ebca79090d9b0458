"""What `firstbit fates` prints."""

import pytest
import xarray as xr

from firstbit.cli import fates


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, ""), (1, "1 draw grows without"), (2, "2 draws grow without")],
)
def test_draws_that_grow_are_counted(number, text, capsys):
    share = (("hidden_size", "fate"), [[1.0]])
    variables = {"share": share, "share_of_discrepancy": share}
    variables["num_unbounded"] = ("hidden_size", [number])
    coords = {"hidden_size": [5], "fate": ["growing"]}
    fates._print(xr.Dataset(variables, coords), "fates")
    said = capsys.readouterr().out
    assert text in said
    assert ("without bound" in said) == bool(number)
