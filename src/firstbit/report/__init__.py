"""Tables and figures -> one self-contained page."""

from firstbit.report.page import Badge, Block, Note, Picture, Section, Table, render
from firstbit.report.wording import Wording

__all__ = ["Badge", "Block", "Note", "Picture", "Section", "Table", "Wording", "render"]
