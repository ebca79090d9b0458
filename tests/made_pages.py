"""A page of each kind, in a folder."""

from dataclasses import replace

import jax
import pytest

from elsewhere import FEW, window
from firstbit.languages import Criterion, embedded_reber, reber
from firstbit.studies import Learnt, judge, write_judgement, write_training
from firstbit.studies.vanilla_or_gru import baselines
from firstbit.studies.vanilla_or_gru.baselines import run_guessing
from firstbit.studies.vanilla_or_gru.page import study_page
from firstbit.training import Modern, train
from made_runs import Guesser
from made_study import ALL, TWELVE, made
from made_verdicts import four_verdicts

PAGES = ("paper", "verdict", "study", "judge", "training")
FILE = "report.html"


def write_pages(folder):
    """Write all pages but that of the paper."""
    verdicts, _ = four_verdicts()
    verdicts.save(folder / "verdict")
    _study(folder)
    _judge(folder)
    _training(folder)


def _study(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(baselines, "guess", Guesser())
        guesses = run_guessing(TWELVE, folder / "guesses")
    study = replace(made(folder / "runs", ALL), guesses=guesses)
    (folder / "study").mkdir()
    (folder / "study" / FILE).write_text(study_page(study), encoding="utf-8")


def _judge(folder):
    task = embedded_reber()
    words = {"scores": "probabilities", "inputs": "words", "batched": True}
    net = window(task, 3)
    judged = judge(net, task, criterion=Criterion(num_words=FEW), **words)
    learnt = Learnt(task, reber(), "BTXSE", True, True, 1, 9, 1000)
    write_judgement(folder / "judge", judged, learnt=learnt)


def _training(folder):
    rule = Modern(max_epochs=2, batch_size=4)
    found = train(
        "vanilla:3", reber(), rule=rule, num_seeds=3, num_words=8, key=jax.random.key(0)
    )
    write_training(folder / "training", found, title="vanilla:3 on reber")
