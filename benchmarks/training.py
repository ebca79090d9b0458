"""The published trainings, one seed each: a whole process imports, compiles, trains for all epochs."""

from collections.abc import Iterator

from report import Row
from timing import fresh_process

PROGRAM = """
from firstbit.cli.process import prepare
prepare()
from firstbit.paper.replay import Settings, replay_one
replay_one("{name}", Settings(), lambda *_: None)
"""


def rows() -> Iterator[Row]:
    for name in ("embedded_reber_vanilla", "embedded_reber_gru"):
        yield Row(name, "firstbit, whole process, published protocol", fresh_process(PROGRAM.format(name=name)))
