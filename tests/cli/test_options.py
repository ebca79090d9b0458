"""Every command is a thin shell over one call: its options are the call's arguments."""

import inspect
import webbrowser
from dataclasses import fields

import pytest
import typer

import firstbit
from firstbit.cli import judge, study, train, verdict
from firstbit.cli.language import asked
from firstbit.cli.main import app
from firstbit.compiled.folders import clear
from firstbit.languages import export
from firstbit.measures import measure_by_name
from firstbit.memory import Thresholds, echo_state
from firstbit.paper import Settings, replay
from firstbit.studies import training_page
from firstbit.studies.echo_states import echo_states
from firstbit.studies.judging import page as judgement_page
from firstbit.studies.trained_seeds import trained_seeds
from firstbit.studies.vanilla_or_gru import study as of_study
from firstbit.studies.verdicts import result
from firstbit.training import Checks, Criterion, Modern, Published, TaskWords

SHELL = {
    "as_json": "--json: the form of the output",
    "as_csv": "--csv: likewise",
    "as_latex": "--latex: likewise",
    "out": "--out: where the result is saved, by its `save`",
    "figure": "--figure: a figure of the result",
    "table": "--table: a table of the result",
    "quantiles": "--quantiles: another figure of the result",
    "seed": "--seed: of the key",
    "resume": "--resume: the folder beside --out",
    "dask": "--dask: the call's `executor`",
    "allow_mixed": "--allow-mixed: `firstbit.AllowMixed` around it",
    "hidden_size": "--hidden-size: the call's `hidden_sizes`",
}
"""Options that every command may have beside its call's arguments."""

CALLS = {
    "paper": (replay, Settings),
    "check": (firstbit.check,),
    "compare": (firstbit.compare, firstbit.Reading),
    "cost": (firstbit.cost,),
    "capacity": (firstbit.memory_capacity, firstbit.Drive, firstbit.Execution),
    "discrepancy": (firstbit.discrepancy, firstbit.Execution),
    "decodability": (firstbit.decodability, firstbit.Reading, firstbit.Execution),
    "fates": (firstbit.fates, Thresholds, firstbit.Execution),
    "echo": (echo_state, firstbit.Drive, echo_states),
    "join": (firstbit.Execution,),
    "phase": (firstbit.phase_diagram,),
    "train": (
        firstbit.train,
        trained_seeds,
        Modern,
        Published,
        TaskWords,
        Checks,
        firstbit.Execution,
    ),
    "judge": (firstbit.judge, Criterion, firstbit.learnt_automaton),
    "verdict": (firstbit.verdict, Modern, firstbit.Standard, Criterion),
    "study": (firstbit.study,),
    "playground": (firstbit.playground,),
    "open": (webbrowser.open,),
    "measures": (measure_by_name,),
    "cache": (clear,),
}
"""The call of each command, and the types that group its settings."""

RENAMED = {
    "cache": {"clear": "parent"},  # the call itself
    # A part is computed into the folder that an interrupted call resumes from.
    "discrepancy": {"into": "resume"},
    "capacity": {"into": "resume"},
    "compare": {"cell": "cells", "measure": "measures"},
    "decodability": {"into": "resume", "readout": "readouts"},
    "fates": {"into": "resume"},
    "join": {"folder": "resume"},
    # A file of predictions is a model; --automaton makes the second call, too.
    "open": {"path": "url"},
    "judge": {"predictions": "model", "automaton": "extra_states"},
    "verdict": {"cell": "cells", "stop_when_solved": "checks"},
    "train": {
        "check_every": "every",
        "stop_when_solved": "stop",
        "fresh": "words",
        "into": "resume",
    },
}
"""Options that are spelt in another way than the argument: one of several, or of a
group."""


def names(call):
    if inspect.isclass(call):
        return {field.name for field in fields(call)}
    return set(inspect.signature(call).parameters)


@pytest.mark.parametrize("command", CALLS)
def test_options_are_arguments_of_one_call(command):
    found = next(one for one in app.registered_commands if name_of(one) == command)
    arguments = set().union(*map(names, CALLS[command]))
    renamed = RENAMED.get(command, {})
    for option in inspect.signature(found.callback).parameters:
        if option not in SHELL:
            assert renamed.get(option, option) in arguments, option


@pytest.mark.parametrize("command", [*CALLS, "language"])
def test_an_option_is_spelt_as_its_parameter(command):
    group = typer.main.get_group(app).commands[command]
    spelt = {"as_json": "--json", "as_csv": "--csv", "as_latex": "--latex"}
    spelt |= {"next_after": "--next", "list_names": "--list"}
    for parameter in group.params:
        if parameter.param_type_name == "option" and parameter.name != "fresh":
            usual = f"--{parameter.name.replace('_', '-')}"
            assert spelt.get(parameter.name, usual) in parameter.opts


def test_every_command_but_language_is_listed():
    assert {name_of(one) for one in app.registered_commands} == {*CALLS, "language"}


def test_markers_are_those_of_the_library():
    assert verdict.MARKER == result.MARKER
    assert study.MARKER == of_study.MARKER
    assert judge.MARKER == judgement_page.MARKER
    assert asked.MARKER == export.MARKER
    assert asked.USUAL_SIZES == export.SIZES
    assert train.MARKER == training_page.MARKER


def name_of(command):
    return command.name or command.callback.__name__
