"""What the reader of a figure sees."""

import numpy as np
from matplotlib.container import ErrorbarContainer
from matplotlib.image import imread
from matplotlib.patches import Rectangle


def texts(axes):
    """Texts inside a panel."""
    return [text.get_text() for text in axes.texts]


def tick_labels(axis, minor=False):
    return [label.get_text() for label in axis.get_ticklabels(minor=minor)]


def legend_texts(panel):
    """Texts of a panel's legend, or of a figure's."""
    legend = panel.legends[0] if hasattr(panel, "legends") else panel.get_legend()
    return [text.get_text() for text in legend.get_texts()]


def left_titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def bars(axes):
    return [patch for patch in axes.patches if isinstance(patch, Rectangle)]


def errorbars(axes):
    return [one for one in axes.containers if isinstance(one, ErrorbarContainer)]


def heights(collection):
    """Return the heights of the corners of a collection's first area."""
    return np.asarray(collection.get_paths()[0].vertices)[:, 1]


def sizes_drawn(axes):
    """Names of the lines for the sizes k."""
    _, labels = axes.get_legend_handles_labels()
    return labels


def is_cut_off(path):
    """Whether anything but paper is at the edge of a PNG."""
    pixels = imread(path)[..., :3]
    edges = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    return any((edge != 1).any() for edge in edges)
