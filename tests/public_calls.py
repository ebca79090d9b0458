"""A small valid call of every public function: name -> function and arguments."""

import tempfile

import jax
import numpy as np
from matplotlib.figure import Figure

import firstbit
from firstbit import cells, languages, memory, paper, plots, training
from firstbit.cells import GRU, Vanilla

KEY = jax.random.key(0)
REBER = languages.reber()
TWO = GRU(2, 2, key=KEY)


def uniform(word):
    """A model: every symbol is equally likely."""
    return np.full((len(word), 7), 1 / 7)


def calls():
    """Every public function, with arguments that it takes."""
    few = {"num_draws": 4, "key": KEY}
    return {
        "firstbit.discrepancy": (
            firstbit.discrepancy,
            {
                "cell": "gru",
                "hidden_sizes": [2],
                "length": 3,
                "threshold": 0.5,
                "confidence": 0.9,
                **few,
            },
        ),
        "firstbit.check": (
            firstbit.check,
            {
                "cell": "gru",
                "like": "gru",
                "hidden_size": 3,
                "input_size": 2,
                "map": {"W_h": "W_h"},
            },
        ),
        "firstbit.cost": (
            firstbit.cost,
            {"cell": "gru", "hidden_size": 3, "input_size": 2},
        ),
        "firstbit.fates": (
            firstbit.fates,
            {
                "cell": "vanilla:2",
                "length": 3,
                "confidence": 0.9,
                "thresholds": memory.Thresholds(transient=10, horizon=100),
                **few,
            },
        ),
        "firstbit.decodability": (
            firstbit.decodability,
            {
                "cell": "vanilla:2",
                "length": 3,
                "reading": memory.Reading(num_words=40),
                "confidence": 0.9,
                **few,
            },
        ),
        "firstbit.memory_capacity": (
            firstbit.memory_capacity,
            {
                "cell": "vanilla:2",
                "drive": memory.Drive(num_steps=100, lags=[3]),
                "confidence": 0.9,
                **few,
            },
        ),
        "Drive": (
            memory.Drive,
            {"law": "normal", "scale": 0.5, "num_steps": 1000, "burn_in": 3},
        ),
        "Reading": (
            memory.Reading,
            {"words": "stream", "num_words": 40, "reach_above": 0.6, "burn_in": 3},
        ),
        "firstbit.lyapunov_exponents": (
            firstbit.lyapunov_exponents,
            {
                "cell": TWO,
                "inputs": np.zeros((20, 2)),
                "burn_in": 4,
                "num_exponents": 1,
                "confidence": 0.9,
                "key": KEY,
            },
        ),
        "memory.echo_state": (
            memory.echo_state,
            {
                "cell": TWO,
                "inputs": np.zeros((20, 2)),
                "burn_in": 4,
                "num_states": 2,
                "apart": 0.1,
                "confidence": 0.9,
                "key": KEY,
            },
        ),
        "firstbit.phase_diagram": (
            firstbit.phase_diagram,
            {"cell": "vanilla:2,3", "gains": [0.5, 1.0], "length": 3, **few},
        ),
        "firstbit.demand_and_supply": (
            firstbit.demand_and_supply,
            {
                "language": REBER,
                "cells": ["gru:2"],
                "longest": 3,
                "confidence": 0.9,
                **few,
            },
        ),
        "firstbit.train": (
            firstbit.train,
            {
                "cell": "vanilla",
                "language": REBER,
                "rule": training.Published(0.1, max_epochs=1),
                "num_seeds": 1,
                "key": KEY,
                "hidden_size": 2,
                "num_words": 4,
                "max_length": 30,
                "confidence": 0.9,
            },
        ),
        "firstbit.verdict": (
            firstbit.verdict,
            {
                "language": REBER,
                "cells": ["vanilla:2"],
                "rule": training.Modern(max_epochs=1),
                "num_seeds": 8,  # fewer are refused
                "key": KEY,
                "standard": firstbit.Standard(num_guesses=0),
            },
        ),
        "firstbit.judge": (
            firstbit.judge,
            {
                "model": uniform,
                "language": REBER,
                "scores": "probabilities",
                "inputs": "words",
                "criterion": languages.Criterion(num_words=20),
                "seed": 0,
                "confidence": 0.9,
            },
        ),
        "firstbit.export_language": (
            firstbit.export_language,
            {
                "language": REBER,
                "folder": f"{tempfile.mkdtemp()}/words",
                "sizes": (20, 10),
                "seed": 0,
            },
        ),
        "firstbit.playground": (
            firstbit.playground,
            {"path": f"{tempfile.mkdtemp()}/playground.html"},
        ),
        "firstbit.redraw": (
            firstbit.redraw,
            {"cell": TWO, "initializer": "normal", "key": KEY},
        ),
        "Standard": (
            firstbit.Standard,
            {"solve_rate": 0.5, "confidence": 0.9, "num_guesses": 3},
        ),
        "Execution": (firstbit.Execution, {"workers": 1}),
        "Modern": (
            training.Modern,
            {
                "learning_rate": 0.1,
                "max_epochs": 3,
                "max_symbols": 9,
                "batch_size": 2,
                "clip": 1.0,
            },
        ),
        "Published": (
            training.Published,
            {"learning_rate": 0.1, "max_epochs": 3, "tolerance": 1e-4},
        ),
        "Checks": (training.Checks, {"every": 3}),
        "TaskWords": (training.TaskWords, {"num_words": 3, "max_length": 9}),
        "Thresholds": (
            memory.Thresholds,
            {
                "transient": 10,
                "horizon": 100,
                "largest_period": 9,
                "return_tolerance": 1e-6,
                "same_tolerance": 1e-4,
                "exponent_floor": 0.1,
            },
        ),
        "GRU": (GRU, {"input_size": 2, "hidden_size": 3, "key": KEY}),
        "Vanilla": (Vanilla, {"input_size": 2, "hidden_size": 3, "key": KEY}),
        "LSTM": (cells.LSTM, {"input_size": 2, "hidden_size": 3, "key": KEY}),
        "initializer_by_name": (
            cells.initializer_by_name,
            {"name": "normal", "gain": 0.5},
        ),
        "activation_by_name": (cells.activation_by_name, {"name": "tanh"}),
        "cell_by_name": (cells.cell_by_name, {"name": "gru"}),
        "rule_by_name": (training.rule_by_name, {"name": "modern"}),
        "paper.Settings": (
            paper.Settings,
            {"num_words": 3, "seed": 0},
        ),
        "critical_gain": (
            memory.critical_gain,
            {"activation": "tanh", "hidden_size": 5.0},
        ),
        "plots.save": (
            plots.save,
            {"figure": Figure(), "stem": f"{tempfile.mkdtemp()}/figure"},
        ),
        "plots.style": (plots.style, {"context": "page"}),
        "plots.figure_bytes": (
            plots.figure_bytes,
            {"figure": Figure(), "ending": "svg"},
        ),
        "WordPair.of": (memory.WordPair.of, {"words": ("ab", "bb"), "alphabet": "ab"}),
    }
