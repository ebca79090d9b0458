"""A study as one netCDF file: the raw results of every run."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from firstbit.errors import OutputError
from firstbit.files import save
from firstbit.provenance import with_provenance
from firstbit.studies.vanilla_or_gru.baselines import as_arrays, from_arrays
from firstbit.studies.vanilla_or_gru.measured import Measured, measured
from firstbit.studies.vanilla_or_gru.parts import (
    QUESTIONS,
    Settings,
    described_study,
    parts,
)
from firstbit.studies.verdicts.guessing import Guessing

BOTH_LOSSES = "squared error a word (published), bits a word (modern)"
LOSSES = ("loss_above_floor", "final_loss")


def write_study(study: Measured, path: Path) -> None:
    """Write all runs, over (configuration, seed); `read_study` reads them."""
    save(recorded(study), path)


def recorded(study: Measured) -> xr.Dataset:
    """Return every run of the study, over (configuration, seed), and every guess."""
    asked = [question for question in QUESTIONS if study.on(question)]
    configuration = {
        "measure": "study",
        "questions": asked,
        "num_left": study.num_left,
        **described_study(study.settings),
    }
    return with_provenance(
        _runs(study).assign(_guesses(study)),
        configuration=configuration,
        key=[0, study.settings.seed],
    )


def read_study(path: Path) -> Measured:
    """Read the study that `write_study` wrote.

    Raises:
        OutputError: the file can't be read, or is no study.
    """
    try:
        with xr.open_dataset(path, engine="netcdf4") as opened:
            dataset = opened.load()
        return _read(dataset)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(
            f"expected a study's runs, got '{path}': {error}; make them anew with "
            "firstbit study."
        ) from error


def _runs(study: Measured) -> xr.Dataset:
    if not study.runs:
        return xr.Dataset(coords={"configuration": np.array([], str)})
    names = xr.DataArray(list(study.runs), dims="configuration", name="configuration")
    dataset = xr.concat(
        [runs.drop_attrs(deep=False) for runs in study.runs.values()],
        names,
        join="outer",
        combine_attrs="override",
        coords="minimal",
    )
    settings = [_plain(runs.attrs) for runs in study.runs.values()]
    about = [json.dumps(one) for one in settings]
    dataset["about"] = ("configuration", np.array(about, str))
    for name, variable in dataset.data_vars.items():
        is_number = variable.dtype.kind in "fib"
        variable.encoding = {"zlib": True} if is_number else {}
        if name in LOSSES:
            variable.attrs["units"] = BOTH_LOSSES
    return dataset


def _plain(attrs: Mapping[str, object]) -> dict[str, Any]:
    """Return attributes with Python's own numbers and lists: a file gives NumPy's."""
    found = {}
    for name, value in attrs.items():
        is_numpy = isinstance(value, np.generic | np.ndarray)
        found[name] = value.tolist() if is_numpy else value
    return found


def _guesses(study: Measured) -> xr.Dataset:
    """Return whether each draw solves, (baseline, draw); empty without guesses."""
    if not study.guesses:
        return xr.Dataset()
    arrays = [as_arrays(one) for one in study.guesses.values()]
    solves = np.stack([one["solves"] for one in arrays])
    tested = np.stack([one["tested"] for one in arrays])
    of_solves = {
        "long_name": "whether a random draw with a fitted read-out solves",
        "units": "1",
    }
    of_tested = {"long_name": "what the draws were tested on"}
    return xr.Dataset(
        {
            "guess_solves": (("baseline", "draw"), solves, of_solves, {"zlib": True}),
            "guess_tested": ("baseline", tested, of_tested),
        },
        {"baseline": list(study.guesses)},
    )


def _read(dataset: xr.Dataset) -> Measured:
    configuration = json.loads(dataset.attrs["configuration"])
    settings = Settings(**configuration["settings"])
    of_runs = dataset.drop_dims(["baseline", "draw"], errors="ignore")
    runs = {}
    for name in dataset["configuration"].values:
        one = of_runs.sel(configuration=name, drop=True)
        about = json.loads(str(one["about"].item()))
        runs[str(name)] = one.drop_vars("about").assign_attrs(about)
    asked = []
    for part in parts(settings):
        if part.question in configuration["questions"]:
            asked.append(part)
    return measured(
        settings, asked, runs, _guesses_in(dataset), configuration["num_left"]
    )


def _guesses_in(dataset: xr.Dataset) -> dict[str, Guessing]:
    """Return the guesses of a record, none for one without guessing."""
    if "baseline" not in dataset:
        return {}
    found = {}
    for name in dataset["baseline"].values:
        one = dataset.sel(baseline=name)
        found[str(name)] = from_arrays(
            one["guess_solves"].values, one["guess_tested"].values
        )
    return found
