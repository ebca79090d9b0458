"""The verdicts of one call, as data, as a table and as a folder."""

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from firstbit.cells.learnable import Learnable
from firstbit.datasets import Result, Variable, dataset
from firstbit.files import save
from firstbit.languages import Language
from firstbit.provenance import own_version
from firstbit.studies.folders import write_folder
from firstbit.studies.law import law_text
from firstbit.studies.verdicts.decisions import Difference
from firstbit.studies.verdicts.evidence import labelled
from firstbit.studies.verdicts.judgement import Standard, Verdict
from firstbit.studies.verdicts.page import verdict_page, verdicts_html
from firstbit.studies.verdicts.sentences import answer
from firstbit.studies.verdicts.tested import Tested
from firstbit.training import Rule

MARKER = "verdict.json"
"""The file that every folder of verdicts has."""


@dataclass(frozen=True)
class Verdicts:
    """The result of `firstbit.verdict`.

    Attributes:
        language: the task.
        cells: the configurations, in the order in which they were given.
        rule: the rule of training.
        key: words of the random key.
        standard: what the configurations were held against.
        verdicts: one for each configuration.
        differences: of the rates of each two configurations.
        runs: the Dataset of `firstbit.train` of each configuration, by its title.
    """

    language: Language
    cells: tuple[Learnable, ...]
    rule: Rule
    key: tuple[int, ...]
    standard: Standard
    verdicts: tuple[Verdict, ...]
    differences: tuple[Difference, ...]
    runs: dict[str, xr.Dataset]

    @property
    def tested(self) -> Tested:
        """The test that all runs met."""
        return self.verdicts[0].evidence.tested

    @property
    def settings(self) -> dict[str, object]:
        """Every setting of the call, as JSON has it."""
        return {
            "language": self.language.name,
            "rule": self.rule.name,
            "learning_rate": self.rule.learning_rate,
            "num_seeds": self.verdicts[0].evidence.num_seeds,
            "max_epochs": self.rule.max_epochs,
            "solve_rate": self.standard.solve_rate,
            "confidence": self.standard.confidence,
            "num_guesses": self.standard.num_guesses,
            "resolution": self.tested.resolution,
            "error": self.tested.error,
            "num_words_read": self.tested.num_words,
            "lag": self.tested.lag,
            "key": list(self.key),
        }

    def to_dataset(self) -> Result:
        """Return the verdicts and their evidence over `cell`.

        Variables: `verdict`, `success_rate` with its interval, the counts and the
        medians of `Evidence`, `guessed_share` (with its interval) and `first_guess`
        where random draws were tested, `p_value` and `p_value_adjusted` of the rate
        being the solve rate, `witness` (its kind, or ""), `nets_tried`, `sentence` and
        `reason`.
        """
        dims = ("cell",)
        laws = [law_text(one) for one in self.cells]
        coords = {
            "cell": [one.title for one in self.cells],
            "cell_name": (dims, [one.catalogue_name for one in self.cells]),
            "hidden_size": (dims, [one.hidden_size for one in self.cells]),
            "initializer": (dims, laws),
        }
        return dataset(
            self._variables(),
            coords,
            rows=dims,
            configuration={
                "measure": "verdict",
                **self.settings,
                "rule": self.rule.settings(),
            },
            confidence=self.standard.confidence,
            key=self.key,
        )

    def _variables(self) -> list[Variable]:
        """Return the verdicts and their evidence."""
        dims = ("cell",)
        kinds = [one.witness.kind if one.witness else "" for one in self.verdicts]
        return [
            _text("verdict", [one.verdict for one in self.verdicts]),
            *labelled([one.evidence for one in self.verdicts], dims),
            *self._guesses(),
            *self._p_values(),
            _text("witness", kinds),
            Variable(
                "nets_tried",
                dims,
                [one.search.num_nets for one in self.verdicts],
                "nets that were tried as witnesses",
            ),
            _text("sentence", [one.sentence for one in self.verdicts]),
            _text("reason", [one.reason for one in self.verdicts]),
        ]

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each configuration."""
        return self.to_dataset().to_dataframe()

    def as_json(self) -> dict[str, Any]:
        """Return the settings, and a row for each configuration."""
        return {
            "firstbit_version": own_version(),
            "settings": self.settings,
            "answer": self.answer,
            "rows": [one.as_row() for one in self.verdicts],
            "differences": [one.as_json() for one in self.differences],
        }

    @property
    def answer(self) -> str:
        """The answer: one sentence for each configuration, and for the differences."""
        return answer(self.verdicts, self.differences)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the answer, and the rates behind it."""
        return verdicts_html(self.verdicts, self.differences, self.language.name)

    def page(self) -> str:
        """Return the verdicts as one HTML page."""
        settings = self.settings
        versions = {"firstbit": own_version(), "jax": version("jax")}
        return verdict_page(
            self.verdicts,
            self.differences,
            self.language,
            rule=self.rule.name,
            settings={**settings, **versions},
            standard=self.standard,
            runs=self.runs,
        )

    def save(self, folder: Path) -> None:
        """Write `verdict.json`, `report.html` and `data/`, all of it or nothing.

        Args:
            folder: a new one, or one of an earlier call, which is replaced.

        Raises:
            OutputError: the folder can't be written, or holds something else.
        """

        def fill(fresh: Path) -> str:
            (fresh / "data").mkdir()
            for one in self.cells:
                save(self.runs[one.title], fresh / "data" / f"{one.file_name}.nc")
            return self.page()

        text = json.dumps(self.as_json(), indent=1, allow_nan=False)
        write_folder(folder, MARKER, text, fill)

    def _p_values(self) -> list[Variable]:
        """Return the tests of the rates."""
        own = [one.decision.p_value for one in self.verdicts]
        adjusted = [one.decision.adjusted for one in self.verdicts]
        text = "exact p value of the rate being the solve rate"
        dims = ("cell",)
        return [
            Variable("p_value", dims, own, text),
            Variable("p_value_adjusted", dims, adjusted, f"{text}, by Holm"),
        ]

    def _guesses(self) -> list[Variable]:
        """Return the baselines, where random draws were tested."""
        number = len(self.verdicts)
        shares, lows, highs, firsts = (np.full(number, np.nan) for _ in range(4))
        for place, one in enumerate(self.verdicts):
            guessing = one.guessing
            if guessing is None:
                continue
            shares[place] = len(guessing.solved) / guessing.num_draws
            lows[place], highs[place] = guessing.interval
            firsts[place] = guessing.first or np.nan
        if np.isnan(shares).all():
            return []
        share = Variable(
            "guessed_share",
            ("cell",),
            shares,
            "share of random draws that solve; NaN where none were drawn",
            ci=(lows, highs),
        )
        text = "first random draw that solves, counted from 1"
        return [share, Variable("first_guess", ("cell",), firsts, text)]


def _text(name: str, values: list[str]) -> Variable:
    return Variable(name, ("cell",), np.array(values, dtype=str), name)
