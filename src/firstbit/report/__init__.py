"""Tables and figures -> one self-contained page."""

from firstbit.report.banner import Banner, Square
from firstbit.report.blocks import (
    PHONE,
    WIDEST,
    Badge,
    Block,
    Note,
    Picture,
    Recipe,
    Section,
    Table,
    Trial,
    in_sight,
    settings_table,
)
from firstbit.report.notebook import fragment
from firstbit.report.page import render
from firstbit.report.strips import Strip
from firstbit.report.wording import Wording

__all__ = [
    "PHONE",
    "WIDEST",
    "Badge",
    "Banner",
    "Block",
    "Note",
    "Picture",
    "Recipe",
    "Section",
    "Square",
    "Strip",
    "Table",
    "Trial",
    "Wording",
    "fragment",
    "in_sight",
    "render",
    "settings_table",
]
