"""Rules of training: one file each."""

from collections.abc import Mapping

from firstbit.errors import SettingError, shown, shown_value
from firstbit.training.rules.modern import Modern
from firstbit.training.rules.published import Published
from firstbit.training.rules.rule import Rule

__all__ = ["RULES", "Modern", "Published", "Rule", "require_rule", "rule_by_name"]

RULES: Mapping[str, type[Rule]] = {"published": Published, "modern": Modern}
"""Name -> the rule."""


PUBLISHED_RATE = 0.001
"""The learning rate of the published trainings on the embedded grammar."""


def rule_by_name(name: str, **settings: object) -> Rule:
    """Return the rule of that name.

    Args:
        name: one of `RULES`.
        settings: of the rule; those that are None keep their default. The published
            rule has the rate 0.001 where none is given.

    Raises:
        SettingError: there is no such rule, it has no such setting, or a setting is
            out of range.

    Example:
        >>> rule_by_name("modern", learning_rate=0.1, clip=2.0, schedule=None).clip
        2.0
    """
    if not isinstance(name, str) or name not in RULES:
        raise SettingError(
            f"expected the rule {' or '.join(RULES)}, got '{shown(name)}'."
        )
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
    if "learning_rate" not in given and name == "published":
        given["learning_rate"] = PUBLISHED_RATE
    return rule(**given)  # pyright: ignore[reportArgumentType]


def require_rule(rule: object) -> Rule:
    """Return a rule of training; one that comes by its name with its usual settings.

    Raises:
        SettingError: it is neither, or there is none of that name.

    Example:
        >>> require_rule("modern").learning_rate
        0.01
    """
    if isinstance(rule, str):
        return rule_by_name(rule)
    if not isinstance(rule, Rule):
        raise SettingError(
            f"expected a rule of training, got {shown_value(rule)}; try Modern() or "
            "Published(0.001)."
        )
    return rule
