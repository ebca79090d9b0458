"""Does it learn? Training small networks on words of a language."""

from firstbit.training.bptt import batch_loss_and_gradient, loss_and_gradient
from firstbit.training.criteria import (
    divergence,
    long_range_accuracy,
    loss_above_floor,
    solves,
    squared_distance,
)
from firstbit.training.fit import Epoch, Test, Training, fit
from firstbit.training.rules import Modern, Published, Rule
from firstbit.training.seeds import train_seeds
from firstbit.training.task import Task
from firstbit.training.train import judged, train
from firstbit.training.words import FixedWords, FreshWords, encoded

__all__ = [
    "Epoch",
    "FixedWords",
    "FreshWords",
    "Modern",
    "Published",
    "Rule",
    "Task",
    "Test",
    "Training",
    "batch_loss_and_gradient",
    "divergence",
    "encoded",
    "fit",
    "judged",
    "long_range_accuracy",
    "loss_above_floor",
    "loss_and_gradient",
    "solves",
    "squared_distance",
    "train",
    "train_seeds",
]
