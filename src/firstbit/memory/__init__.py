"""What does the cell supply? Measures of memory, untrained and trained."""

from firstbit.memory.discrepancy import discrepancy
from firstbit.memory.gradients import gradient_distributions, hidden_gradients, weight_gradients
from firstbit.memory.separation import Separation, separation

__all__ = ["Separation", "discrepancy", "gradient_distributions", "hidden_gradients", "separation", "weight_gradients"]
