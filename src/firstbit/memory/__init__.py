"""What does the cell supply? Measures of memory, untrained and trained."""

from firstbit.memory.capacity import Drive, memory_capacity
from firstbit.memory.decodability import Reading, decodability
from firstbit.memory.discrepancy import discrepancy, distances, save_distances
from firstbit.memory.ensemble.word_pair import WordPair
from firstbit.memory.fates import FATES, Thresholds, fates
from firstbit.memory.forgetting.certificate import (
    certificate_of_forgetting,
    separation_bound,
)
from firstbit.memory.forgetting.echo_state import echo_state
from firstbit.memory.forgetting.lyapunov import lyapunov_exponents
from firstbit.memory.gradients.by_lag import gradients_by_lag, word_gradients_by_lag
from firstbit.memory.gradients.pooled import (
    gradient_distributions,
    hidden_gradients,
    weight_gradients,
)
from firstbit.memory.mean_field import (
    critical_gain,
    critical_hidden_size,
    gru_mean_field,
    vanilla_mean_field,
)
from firstbit.memory.mean_field.ratios_by_gain import ratios_by_gain
from firstbit.memory.state_clusters import Separation, separation

__all__ = [
    "FATES",
    "Drive",
    "Reading",
    "Separation",
    "Thresholds",
    "WordPair",
    "certificate_of_forgetting",
    "critical_gain",
    "critical_hidden_size",
    "decodability",
    "discrepancy",
    "distances",
    "echo_state",
    "fates",
    "gradient_distributions",
    "gradients_by_lag",
    "gru_mean_field",
    "hidden_gradients",
    "lyapunov_exponents",
    "memory_capacity",
    "ratios_by_gain",
    "save_distances",
    "separation",
    "separation_bound",
    "vanilla_mean_field",
    "weight_gradients",
    "word_gradients_by_lag",
]
