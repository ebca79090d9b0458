"""What the reader of a figure sees."""

from matplotlib.image import imread


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


def sizes_drawn(axes):
    """Names of the lines for the sizes k."""
    _, labels = axes.get_legend_handles_labels()
    return labels


def is_cut_off(path):
    """Whether anything but paper is at the edge of a PNG."""
    pixels = imread(path)[..., :3]
    edges = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    return any((edge != 1).any() for edge in edges)
