"""The sentences of a training's page, by the template beside this file."""

from firstbit.report import Wording

TRAINING = Wording("firstbit.studies", "training.jinja")
