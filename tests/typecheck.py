"""How types are checked at run time in the tests."""

from beartype import BeartypeConf, beartype

check = beartype(conf=BeartypeConf(is_pep484_tower=True))
"""A whole number is a number, too: `int` is accepted where `float` is asked for."""
