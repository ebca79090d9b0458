"""A study as one netCDF file: the raw results of every run."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import xarray as xr

from firstbit.errors import OutputError
from firstbit.files import save
from firstbit.provenance import with_provenance
from firstbit.studies.vanilla_or_gru.baselines import as_arrays, from_arrays
from firstbit.studies.vanilla_or_gru.study import (
    QUESTIONS,
    Settings,
    Study,
    described_study,
    parts,
)
from firstbit.studies.verdicts.guessing import Guessing


def write_study(study: Study, path: Path) -> None:
    """All runs, (configuration, seed); `read_study` reads them."""
    save(recorded(study), path)


def recorded(study: Study) -> xr.Dataset:
    """Every run of the study: all that is told of each, over (configuration, seed), and by lag; and every guess."""
    asked = [question for question in QUESTIONS if study.on(question)]
    dataset = _runs(study).assign(_guesses(study))
    configuration = {
        "measure": "study",
        "questions": asked,
        "num_left": study.num_left,
        **described_study(study.settings),
    }
    return with_provenance(
        dataset, configuration=configuration, key=[0, study.settings.seed]
    )


def _runs(study: Study) -> xr.Dataset:
    by_name = {name: runs.drop_attrs(deep=False) for name, runs in study.runs.items()}
    if not by_name:
        return xr.Dataset(coords={"configuration": np.array([], str)})
    names = xr.DataArray(list(by_name), dims="configuration", name="configuration")
    dataset = xr.concat(
        list(by_name.values()),
        names,
        join="outer",
        combine_attrs="override",
        coords="minimal",
    )
    for name, variable in dataset.data_vars.items():
        variable.encoding = {"zlib": True} if variable.dtype.kind in "fib" else {}
        if name in ("loss_above_floor", "final_loss"):
            variable.attrs["units"] = (
                "squared error a word (published), bits a word (modern)"
            )
    return dataset


def _guesses(study: Study) -> xr.Dataset:
    """Whether each draw solves, (baseline, draw); nothing where none was guessed."""
    if not study.guesses:
        return xr.Dataset()
    arrays = [as_arrays(one) for one in study.guesses.values()]
    solves, tested = (
        np.stack([one[name] for one in arrays]) for name in ("solves", "tested")
    )
    told = {
        "long_name": "whether a random draw with a fitted read-out solves",
        "units": "1",
    }
    return xr.Dataset(
        {
            "guess_solves": (("baseline", "draw"), solves, told, {"zlib": True}),
            "guess_tested": (
                "baseline",
                tested,
                {"long_name": "what the draws were tested on"},
            ),
        },
        {"baseline": list(study.guesses)},
    )


def read_study(path: Path) -> Study:
    """The study that `write_study` wrote.

    Raises:
        OutputError: the file can't be read, or is no study.
    """
    try:
        with xr.open_dataset(path, engine="netcdf4") as opened:
            dataset = opened.load()
        configuration = json.loads(dataset.attrs["configuration"])
        settings = Settings(**configuration["settings"])
        of_runs = dataset.drop_dims(["baseline", "draw"], errors="ignore")
        runs = {
            str(one): of_runs.sel(configuration=one, drop=True)
            for one in dataset["configuration"].values
        }
        asked = [
            part
            for part in parts(settings)
            if part.question in configuration["questions"]
        ]
        return replace(
            Study.of(settings, asked, runs),
            num_left=configuration["num_left"],
            guesses=_guesses_in(dataset),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OutputError(
            f"expected a study's runs, got '{path}': {error}; make them anew with "
            "firstbit study."
        ) from error


def _guesses_in(dataset: xr.Dataset) -> dict[str, Guessing]:
    """Empty for a record without guessing."""
    if "baseline" not in dataset:
        return {}
    columns = (
        dataset[name].values for name in ("baseline", "guess_solves", "guess_tested")
    )
    return {
        str(name): from_arrays(solves, tested)
        for name, solves, tested in zip(*columns, strict=True)
    }
