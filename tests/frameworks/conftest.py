"""Cells for tests are no tests: doctests are not looked for in them."""

collect_ignore = ["awkward.py"]
