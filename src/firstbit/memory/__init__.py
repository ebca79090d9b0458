"""What does the cell supply? Measures of memory, untrained and trained."""

from firstbit.memory.contraction import certificate_of_forgetting, separation_bound
from firstbit.memory.discrepancy import discrepancy
from firstbit.memory.fates import FATES, fates
from firstbit.memory.gradients import gradient_distributions, hidden_gradients, weight_gradients
from firstbit.memory.gradients_by_lag import by_lag, gradients_by_lag
from firstbit.memory.lyapunov import lyapunov_exponents
from firstbit.memory.mean_field import critical_gain, critical_hidden_size, gru_mean_field, vanilla_mean_field
from firstbit.memory.phase_diagram import phase_diagram
from firstbit.memory.separation import Separation, separation

__all__ = [
    "FATES",
    "Separation",
    "by_lag",
    "certificate_of_forgetting",
    "critical_gain",
    "critical_hidden_size",
    "discrepancy",
    "fates",
    "gradient_distributions",
    "gradients_by_lag",
    "gru_mean_field",
    "hidden_gradients",
    "lyapunov_exponents",
    "phase_diagram",
    "separation",
    "separation_bound",
    "vanilla_mean_field",
    "weight_gradients",
]
