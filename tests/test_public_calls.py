"""Every public call x wrong type, NumPy type, traced value: a line, or equal bits."""

import functools
import inspect
import json

import jax
import numpy as np
import pytest
import xarray as xr

from firstbit.errors import FirstbitError
from public_calls import calls

KNOWN = calls()

NO_NUMBERS = ("5", "", True, None, 1j, [1], {1, 2}, float("nan"), object())
"""Values that no number may have."""


TIMES = ["step_time", "step_time_alone", "step_time_batch"]
"""What is measured by the clock: another number in each call."""


def required(function, name):
    return inspect.signature(function).parameters[name].default is not None


def numbers():
    """Every argument that is a number, and the key."""
    for call, (_, arguments) in KNOWN.items():
        for name, value in arguments.items():
            if isinstance(value, int | float):
                yield call, name


def wrong():
    """Every argument with an object that nothing takes."""
    for call, (_, arguments) in KNOWN.items():
        for name in arguments:
            yield call, name


def one_line(function, arguments):
    with pytest.raises(FirstbitError) as refused:
        function(**arguments)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 1000
    return str(refused.value)


@pytest.mark.wrong_types
@pytest.mark.parametrize(("call", "name"), list(numbers()))
def test_a_number_is_no_text_truth_value_or_list(call, name):
    function, arguments = KNOWN[call]
    for value in NO_NUMBERS:
        if value is None and not required(function, name):
            continue
        if name == "hidden_size" and value == [1]:  # one size is a list of sizes
            continue
        text = one_line(function, {**arguments, name: value})
        assert name.removesuffix("s") in text


@pytest.mark.wrong_types
@pytest.mark.parametrize(("call", "name"), list(wrong()))
def test_an_object_of_another_kind_is_refused(call, name):
    function, arguments = KNOWN[call]
    if call == "firstbit.redraw" and name == "cell":
        pytest.skip("a cell is any pytree")
    text = one_line(function, {**arguments, name: object()})
    assert "expected" in text


@pytest.mark.wrong_types
@pytest.mark.parametrize(("call", "name"), list(numbers()))
def test_a_traced_number_is_refused(call, name):
    function, arguments = KNOWN[call]

    def traced(value):
        return function(**{**arguments, name: value})

    for transform in (jax.jit, jax.grad, jax.vmap):
        value = float(arguments[name])
        value = np.array([value]) if transform is jax.vmap else value
        with pytest.raises(FirstbitError, match="JAX is tracing"):
            transform(traced)(value)


MEASURES = (
    "firstbit.discrepancy",
    "firstbit.fates",
    "firstbit.decodability",
    "firstbit.memory_capacity",
    "firstbit.lyapunov_exponents",
    "firstbit.phase_diagram",
    "firstbit.demand_and_supply",
    "firstbit.train",
)


@pytest.mark.parametrize("call", MEASURES)
def test_a_measure_inside_jit_is_refused(call):
    function, arguments = KNOWN[call]

    @jax.jit
    def inside(x):
        function(**arguments)
        return x

    with pytest.raises(FirstbitError, match="JAX is tracing"):
        inside(1.0)


def as_numpy(value):
    """The same setting as NumPy's number, or an array of one."""
    if isinstance(value, bool) or not isinstance(value, int | float | list):
        return value
    if isinstance(value, list):
        return np.array(value) if isinstance(value[0], int | float) else value
    return np.int64(value) if isinstance(value, int) else np.array(value)


LONG = ("firstbit.train", "firstbit.verdict", "firstbit.phase_diagram")


def marked(call):
    return pytest.mark.proof if call in LONG else pytest.mark.slow


@pytest.mark.wrong_types
@pytest.mark.parametrize(
    "call", [pytest.param(call, marks=marked(call)) for call in KNOWN]
)
def test_numbers_of_numpy_give_the_same(call):
    function, arguments = KNOWN[call]
    like = {name: as_numpy(value) for name, value in arguments.items()}
    one, other = function(**arguments), function(**like)
    if isinstance(one, xr.Dataset):
        one, other = (found.drop_vars(TIMES, errors="ignore") for found in (one, other))
        assert one.identical(other)
        json.loads(other.attrs["configuration"])
    elif isinstance(function, type) and hasattr(one, "__dataclass_fields__"):
        assert repr(one) == repr(other)  # np.int64(3) is shown as such


@pytest.mark.wrong_types
@pytest.mark.parametrize("key", [0, None, "0", np.zeros(2), np.array([0, 1])])
@pytest.mark.parametrize("call", [*MEASURES[:-1], "firstbit.redraw", "GRU", "LSTM"])
def test_a_key_is_a_key(call, key):
    function, arguments = KNOWN[call]
    if "key" in arguments:
        text = one_line(function, {**arguments, "key": key})
        assert "expected a JAX key, got" in text
        assert "jax.random.key(0)" in text


@pytest.mark.wrong_types
def test_keys_of_other_generators_are_refused():
    function, arguments = KNOWN["firstbit.discrepancy"]
    for key in (
        jax.random.key(0, impl="rbg"),
        jax.random.split(jax.random.key(0)),
    ):
        assert "one key of JAX's default" in one_line(
            function, {**arguments, "key": key}
        )


@pytest.mark.slow
def test_an_old_key_and_another_default_give_the_same_draws():
    function, arguments = KNOWN["firstbit.discrepancy"]
    call = functools.partial(function, **{**arguments, "key": jax.random.PRNGKey(0)})
    assert call().identical(function(**arguments))
    with jax.default_prng_impl("rbg"):
        assert function(**arguments).identical(call())


@pytest.mark.slow
@pytest.mark.parametrize(
    "strict", [{"jax_numpy_rank_promotion": "raise"}, {"jax_debug_nans": True}]
)
@pytest.mark.parametrize("call", MEASURES[:3])
def test_strict_settings_of_jax_are_met(call, strict):
    function, arguments = KNOWN[call]
    before = {name: getattr(jax.config, name) for name in strict}
    try:
        for name, value in strict.items():
            jax.config.update(name, value)
        strictly = function(**arguments)
    finally:
        for name, value in before.items():
            jax.config.update(name, value)
    assert strictly.identical(function(**arguments))
