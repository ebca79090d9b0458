"""Which process runs which tests: files stay whole, long ones begin first.

XLA would compile for half of the time. With `--little-effort`, the first process runs
the tests that need programs compiled as the program does, and then helps the others,
which compile with little effort. Every other target goes without. To see which tests
need it: `.venv/bin/python -m pytest -m "not proof" --little-effort`, in one process.
"""

from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from xdist.scheduler import Scheduling
    from xdist.workermanage import WorkerController

Part = Literal["all", "exact", "hasty"]

PAPER = {
    "tests/numbers/test_numbers.py",
    "tests/paper/test_claims.py",
    "tests/paper/test_paper.py",
}
"""Files that ask for the quick replay of the paper: one process replays it for all."""

STUDY = "tests/studies/vanilla_or_gru/"
"""A folder whose files ask for one study: one process makes it for all."""

AS_THE_PROGRAM = (
    *sorted(PAPER),
    "tests/test_readme.py::test_programs_run",
    "tests/test_readme.py::test_what_is_understood",
    "tests/test_readme.py::test_the_cell_of_ones_own",
    "tests/test_readme.py::test_a_net_is_judged",
    "tests/play/test_numbers.py",
    "tests/training/test_fit.py",
    "tests/training/test_seeds.py",
    "tests/studies/test_supply.py",
    "tests/cells/test_given.py::test_an_ensemble_can_be_sent",
    "tests/memory/test_any_cell.py::test_a_cell_of_ones_own_from",
    "tests/memory/test_any_cell.py::test_an_initial_state_that_is_given",
    "tests/memory/test_built_cells.py::test_a_built_cell_is_drawn_anew",
    "tests/memory/test_built_cells.py::test_h_is_measured",
    "tests/memory/test_devices.py::test_the_recipe_of_a_gpu",
    "tests/memory/test_discrepancy.py::test_shared_parameters_give_the_same",
    "tests/memory/test_discrepancy.py::test_neither_blocks_nor_padding",
    "tests/memory/test_discrepancy.py::test_sizes_in_any_order",
    "tests/memory/test_discrepancy.py::test_words_of_any_alphabet",
    "tests/memory/test_discrepancy.py::test_random_bits",
    "tests/memory/test_fates.py::test_other_draws_sizes_and_threads",
    "tests/memory/test_fates.py::test_shares_add_up",
    "tests/memory/test_hangs.py::test_the_command_of",
    "tests/memory/test_hangs.py::test_matrices_in_turn",
    "tests/memory/test_hangs.py::test_batches_inside",
    "tests/memory/test_one_program.py::test_a_cell_in_a_larger_one_has",
    "tests/memory/test_one_program.py::test_so_it_is",
    "tests/memory/test_resume.py::test_blocks_in_any_order",
    "tests/memory/test_resume.py::test_what_blocks_rest_on",
    "tests/training/test_behaviour.py::test_each_seed_reads",
    "tests/proof/test_trained_verdicts.py",
)
"""How names of tests begin that need programs compiled as the program does.

They compare bits, or numbers as they were or are printed; or they hold one program to
the last digits of another, which draws the same weights. Or they train for minutes:
with little effort they would take several times as long.
"""

APART = (
    "tests/proof/test_fuzz_languages.py",
    "tests/proof/test_random_cells.py",
)
"""Files so long that each of their tests is run wherever there is time."""

LONG = (
    *APART,
    "tests/frameworks/test_every_torch_cell.py",
    "tests/proof/test_intervals.py",
    "tests/proof/test_trained_verdicts.py",
    "tests/proof/test_decodability.py",
    "tests/frameworks/test_keras_on_torch.py",
    "tests/proof/test_killed_clusters.py",
    *sorted(PAPER),
    "tests/memory/test_fates.py",
    "tests/memory/test_discrepancy.py",
    "tests/memory/test_built_cells.py",
    "tests/test_readme.py",
    "tests/test_engines.py",
    "tests/cli/test_parts.py",
    "tests/memory/test_any_cell.py",
    "tests/training/test_fit.py",
    "tests/memory/test_resume.py",
    "tests/cells/test_padding.py",
    "tests/test_contributing.py",
    "tests/programs/test_differences.py",
    "tests/programs/test_kinds_of_numbers.py",
    "tests/cells/test_check.py",
    "tests/memory/test_mean_field.py",
    "tests/languages/test_demand.py",
)
"""Files that take 20 seconds of computing and more, the longest first."""

LITTLE_EFFORT = (
    "--xla_backend_optimization_level=0",
    "--xla_llvm_disable_expensive_passes=true",
    "--xla_cpu_use_fusion_emitters=false",
)
"""Options of XLA with which it compiles in a third of the time."""


class Sharing:
    """A plugin of pytest that orders the files, and keeps some of them together."""

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Put long files first: at the end no process waits long for another."""
        places = {path: place for place, path in enumerate(LONG)}
        items.sort(key=lambda item: places.get(file_of(item.nodeid), len(LONG)))
        if is_hasty_alone(config):
            exact = [item for item in items if is_exact(scope_of(item.nodeid))]
            items[:] = [item for item in items if item not in exact]
            config.hook.pytest_deselected(items=exact)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: "WorkerController") -> None:
        """Tell each process how to compile."""
        is_hasty = part_of(node) == "hasty"
        node.workerinput["options_of_xla"] = LITTLE_EFFORT if is_hasty else ()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(
        self, config: pytest.Config, log
    ) -> "Scheduling | None":
        """With `--dist loadfile`: share out by file, and those of the paper as one."""
        if config.getoption("dist") != "loadfile":
            return None
        from xdist.scheduler import LoadFileScheduling

        class ByFile(LoadFileScheduling):
            def _split_scope(self, nodeid: str) -> str:
                return scope_of(nodeid)

            def _assign_work_unit(self, node: "WorkerController") -> None:
                its = units_for([*self.workqueue], part_of(node))
                if not its:
                    node.shutdown()
                    return
                self.workqueue.move_to_end(its[0], last=False)
                super()._assign_work_unit(node)

        config.option.loadscopereorder = False  # by number of tests
        return ByFile(config, log)


def units_for(scopes: list[str], part: Part) -> list[str]:
    """Return what a process may run, the next first."""
    if part == "all":
        return scopes
    exact = [scope for scope in scopes if is_exact(scope)]
    others = [scope for scope in scopes if not is_exact(scope)]
    return exact + others if part == "exact" else others


def is_exact(scope: str) -> bool:
    """Return whether tests need programs compiled as the program does."""
    return scope.endswith("::") or scope in AS_THE_PROGRAM


def part_of(node: "WorkerController") -> Part:
    """Return what a process runs: all, if nobody asked for little effort."""
    if not node.config.getoption("--little-effort"):
        return "all"
    return "exact" if node.gateway.id == "gw0" else "hasty"


def shares_out(config: pytest.Config) -> bool:
    """Return whether this process runs no test, but shares them out among others."""
    is_worker = hasattr(config, "workerinput")
    return config.getoption("dist", "no") != "no" and not is_worker


def is_hasty_alone(config: pytest.Config) -> bool:
    """Return whether this is the only process, and compiles with little effort."""
    is_alone = not shares_out(config) and not hasattr(config, "workerinput")
    return bool(config.getoption("--little-effort")) and is_alone


def options_of_xla(config: pytest.Config) -> tuple[str, ...]:
    """Return the options with which this process compiles, beside the program's."""
    alone = LITTLE_EFFORT if is_hasty_alone(config) else ()
    return getattr(config, "workerinput", {}).get("options_of_xla", alone)


def file_of(nodeid: str) -> str:
    """Return the file of a test."""
    return nodeid.partition("::")[0]


def scope_of(nodeid: str) -> str:
    """Return what a process runs as one: a file, or its tests that are named here."""
    file = file_of(nodeid)
    if file in APART:
        return nodeid
    if file in PAPER:
        return min(PAPER)
    if file.startswith(STUDY):
        return STUDY
    if nodeid.startswith(AS_THE_PROGRAM) and file not in AS_THE_PROGRAM:
        return f"{file}::"
    return file
