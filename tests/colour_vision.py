"""How people with two kinds of cones see a colour."""

import numpy as np

# Machado, Oliveira, Fernandes, A Physiologically-based Model for Simulation of Color
# Vision Deficiency, IEEE TVCG 15(6), 2009, severity 1.0: on amounts of light.
_SEEN = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}

KINDS = tuple(_SEEN)


def seen(light, kind):
    """Return the amounts of light that look the same to everybody."""
    return np.clip(np.array(_SEEN[kind]) @ light, 0.0, 1.0)
