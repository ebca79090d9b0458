"""Does it learn? Training small networks on words of a language."""

from firstbit.execution import Execution
from firstbit.languages import Criterion
from firstbit.languages.judging.judge import judge, legal_above_illegal
from firstbit.training.bptt import batch_loss_and_gradient, loss_and_gradient
from firstbit.training.criteria import (
    divergence,
    long_range_accuracy,
    loss_above_floor,
    passes_hochreiter,
    squared_distance,
)
from firstbit.training.fit import Checks, Test, Training, fit
from firstbit.training.many_seeds import train_seeds
from firstbit.training.reading import Replies, read
from firstbit.training.rules import Modern, Published, Rule, rule_by_name
from firstbit.training.rules.rule import Epoch
from firstbit.training.task import Task
from firstbit.training.train import judged, train
from firstbit.training.words import (
    Examples,
    FixedWords,
    FreshWords,
    TaskWords,
    next_symbol_examples,
)

__all__ = [
    "Checks",
    "Criterion",
    "Epoch",
    "Examples",
    "Execution",
    "FixedWords",
    "FreshWords",
    "Modern",
    "Published",
    "Replies",
    "Rule",
    "Task",
    "TaskWords",
    "Test",
    "Training",
    "batch_loss_and_gradient",
    "divergence",
    "fit",
    "judge",
    "judged",
    "legal_above_illegal",
    "long_range_accuracy",
    "loss_above_floor",
    "loss_and_gradient",
    "next_symbol_examples",
    "passes_hochreiter",
    "read",
    "rule_by_name",
    "squared_distance",
    "train",
    "train_seeds",
]
