"""What does the cell supply? Measures of memory, untrained and trained."""

from typing import TYPE_CHECKING

# A name that is also a folder's stands here at once: loading the folder would hide it.
from firstbit.later import loader
from firstbit.memory.decodability import Reading, decodability
from firstbit.memory.discrepancy import discrepancy, distances, save_distances
from firstbit.memory.ensemble.word_pair import WordPair
from firstbit.memory.fates import FATES, Thresholds, fates

if TYPE_CHECKING:
    from firstbit.memory.capacity import Drive, memory_capacity
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

_HOME = {
    "Drive": "capacity",
    "Separation": "state_clusters",
    "certificate_of_forgetting": "forgetting.certificate",
    "critical_gain": "mean_field",
    "critical_hidden_size": "mean_field",
    "echo_state": "forgetting.echo_state",
    "gradient_distributions": "gradients.pooled",
    "gradients_by_lag": "gradients.by_lag",
    "gru_mean_field": "mean_field",
    "hidden_gradients": "gradients.pooled",
    "lyapunov_exponents": "forgetting.lyapunov",
    "memory_capacity": "capacity",
    "ratios_by_gain": "mean_field.ratios_by_gain",
    "separation": "state_clusters",
    "separation_bound": "forgetting.certificate",
    "vanilla_mean_field": "mean_field",
    "weight_gradients": "gradients.pooled",
    "word_gradients_by_lag": "gradients.by_lag",
}
"""Name -> its module, which is loaded when the name is first used."""

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

__getattr__ = loader(__name__, _HOME)


def __dir__() -> list[str]:
    return __all__
