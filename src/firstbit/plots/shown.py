"""A figure that shows itself in a notebook, with or without pyplot."""

from matplotlib.figure import Figure

from firstbit.plots.saving import figure_bytes


class ShownFigure(Figure):
    """A matplotlib Figure that a notebook shows at the size at which it was drawn.

    Notebooks show figures by themselves only once pyplot was imported.
    """

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Return the picture, two pixels for each of the screen, and its size there."""
        width, height = (round(96 * inches) for inches in self.get_size_inches())
        return figure_bytes(self, "png"), {"width": width, "height": height}
