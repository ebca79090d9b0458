"""What the page calls the cells and the rules of training."""

from firstbit.cells.given import Given
from firstbit.studies.law import law_text
from firstbit.studies.vanilla_or_gru.factors import Recipe

SPOKEN = {
    "a list": "a fixed list",
    "rate 0.001": "learning rate 0.001",
    "rate 0.01": "learning rate 0.01",
}
"""Choices of a factor in words that need no table beside them."""

STARTS = {"normal": "N(0, 1)", "fan-in-normal": "N(0, 1/k)"}
"""Law of the recurrent weights -> how the page writes it."""


def cell_name(title: str) -> str:
    """Return the name of a cell of the study from its title.

    Example:
        >>> cell_name("Vanilla logistic, as published")
        'Vanilla (logistic)'
        >>> cell_name("Vanilla tanh, identity"), cell_name("GRU")
        ('Vanilla (tanh, identity)', 'GRU')
    """
    kind, _, rest = title.partition(" ")
    if not rest:
        return kind
    return f"{kind} ({rest.removesuffix(', as published')})"


def start_name(cell: Given) -> str:
    """Return the law from which a cell starts."""
    law = law_text(cell)
    return STARTS.get(law, law)


def choice_name(recipe: Recipe) -> str:
    """Return what a change brings in; "" where nothing is changed.

    Example:
        >>> choice_name(Recipe("modern", "words"))
        'a fixed list'
    """
    if not recipe.changed:
        return ""
    return SPOKEN.get(recipe.brought_in, recipe.brought_in)


def rule_name(recipe: Recipe) -> str:
    """Return the name of a rule with its change.

    Example:
        >>> rule_name(Recipe("published", "rate")), rule_name(Recipe("modern"))
        ('published, but learning rate 0.01', 'modern')
    """
    if not recipe.changed:
        return recipe.start
    return f"{recipe.start}, but {choice_name(recipe)}"
