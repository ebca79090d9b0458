"""Studies: measures put together to answer a question, as data and as pages."""

from typing import TYPE_CHECKING

from firstbit.later import loader

if TYPE_CHECKING:
    from firstbit.studies.comparing.compare import compare
    from firstbit.studies.comparing.table import comparison_table
    from firstbit.studies.judging.judge import judge
    from firstbit.studies.judging.learnt import Learnt, learnt_automaton
    from firstbit.studies.judging.page import write_judgement
    from firstbit.studies.phase_diagrams import phase_diagram
    from firstbit.studies.supply import demand_and_supply
    from firstbit.studies.training_page import write_training
    from firstbit.studies.vanilla_or_gru.study import Study, study
    from firstbit.studies.verdicts.judgement import Standard, Verdict
    from firstbit.studies.verdicts.result import Verdicts
    from firstbit.studies.verdicts.verdict import verdict

_HOME = {
    "Learnt": "judging.learnt",
    "Standard": "verdicts.judgement",
    "Study": "vanilla_or_gru.study",
    "Verdict": "verdicts.judgement",
    "Verdicts": "verdicts.result",
    "compare": "comparing.compare",
    "comparison_table": "comparing.table",
    "demand_and_supply": "supply",
    "judge": "judging.judge",
    "learnt_automaton": "judging.learnt",
    "phase_diagram": "phase_diagrams",
    "study": "vanilla_or_gru.study",
    "verdict": "verdicts.verdict",
    "write_judgement": "judging.page",
    "write_training": "training_page",
}
"""Name -> its module: each loads JAX, which takes seconds, so only when it is used."""

__all__ = [
    "Learnt",
    "Standard",
    "Study",
    "Verdict",
    "Verdicts",
    "compare",
    "comparison_table",
    "demand_and_supply",
    "judge",
    "learnt_automaton",
    "phase_diagram",
    "study",
    "verdict",
    "write_judgement",
    "write_training",
]

__getattr__ = loader(__name__, _HOME)


def __dir__() -> list[str]:
    return __all__
