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


def test_where_the_distance_is_zero_it_has_no_shares(capsys):
    variables = {
        "share": (("hidden_size", "fate"), [[1.0, 0.0]]),
        "share_of_discrepancy": (("hidden_size", "fate"), [[float("nan")] * 2]),
        "num_unbounded": ("hidden_size", [0]),
    }
    coords = {"hidden_size": [5], "fate": ["merged", "growing"]}
    fates._print(xr.Dataset(variables, coords), "fates")
    said = capsys.readouterr().out
    assert "100.0 (-)" in said
    assert "nan" not in said
