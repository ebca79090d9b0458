"""The rule of training that `--rule` and its settings name."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from firstbit.training import Rule


def chosen_rule(name: str, learning_rate: float | None, **settings: object) -> "Rule":
    """Return the rule of that name; settings that are None keep their default.

    Raises:
        SettingError: there is no such rule, it has no such setting, or a setting is out
            of range.

    Example:
        >>> chosen_rule("modern", 0.1, max_epochs=9, clip=2.0).clip
        2.0
    """
    from firstbit.training import rule_by_name

    return rule_by_name(name, learning_rate=learning_rate, **settings)
