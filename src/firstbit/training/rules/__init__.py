"""Rules of training: one file each."""

from collections.abc import Mapping

from firstbit.errors import SettingError
from firstbit.training.rules.modern import Modern
from firstbit.training.rules.published import Published
from firstbit.training.rules.rule import Rule

__all__ = ["RULES", "Modern", "Published", "Rule", "rule_by_name"]

RULES: Mapping[str, type[Rule]] = {"published": Published, "modern": Modern}
"""Name -> the rule."""


def rule_by_name(name: str, **settings: object) -> Rule:
    """Return the rule of that name.

    Args:
        name: one of `RULES`.
        settings: of the rule; those that are None keep their default.

    Raises:
        SettingError: there is no such rule, it has no such setting, or a setting is
            out of range.

    Example:
        >>> rule_by_name("modern", learning_rate=0.1, clip=2.0, schedule=None).clip
        2.0
    """
    if name not in RULES:
        raise SettingError(f"expected the rule {' or '.join(RULES)}, got '{name}'.")
    rule = RULES[name]
    given = {}
    for setting, value in settings.items():
        if value is not None:
            given[setting] = value
    for setting in given:
        if setting not in rule.__dataclass_fields__:
            others = [other for other in RULES if other != name]
            raise SettingError(
                f"the {name} rule has no `{setting}`; leave it out, or try "
                f"{' or '.join(others)}."
            )
    return rule(**given)  # pyright: ignore[reportArgumentType]
