"""Does it learn? Training small networks on words of a language."""

from firstbit.training.bptt import loss_and_gradient
from firstbit.training.protocols import Published
from firstbit.training.train import DivergedError, Epoch, Training, train

__all__ = ["DivergedError", "Epoch", "Published", "Training", "loss_and_gradient", "train"]
