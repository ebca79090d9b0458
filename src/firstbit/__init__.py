"""firstbit: what can a recurrent neural network remember?"""

__version__ = "0.1.0"
