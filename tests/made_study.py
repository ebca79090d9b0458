"""A study of twelve runs each; its trainings are made up."""

import pytest

from firstbit import training
from firstbit.studies.vanilla_or_gru.measured import measured
from firstbit.studies.vanilla_or_gru.parts import Settings, parts
from firstbit.studies.vanilla_or_gru.trained import run_parts
from made_runs import Trainer

TWELVE = Settings(0, num_seeds=12)
ALL = parts(TWELVE)


def made(folder, asked, **trainer):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "train", Trainer(**trainer))
        return measured(TWELVE, asked, run_parts(TWELVE, asked, folder))
