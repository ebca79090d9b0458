"""The light says what the numbers say; no story says what isn't so."""

import numpy as np
import pytest

from in_node import ask, needs_node

pytestmark = needs_node


def light(share):
    count = round(1000 * share)
    (interval,) = ask("numbers/statistics.js", ("wilson", count, 1000))
    (found,) = ask(
        "light.js", ("lightOfReadout", {"share": share, "interval": interval})
    )
    return found


@pytest.mark.parametrize(
    ("share", "word"),
    [(0.5, "can't tell"), (0.51, "can't tell"), (0.55, "unsure"), (0.6, "knows")],
)
def test_the_light_follows_the_interval(share, word):
    found = light(share)
    assert found["word"] == word
    assert f"right in {round(100 * share)} %" in found["why"]
    assert "by guessing it is 50 %" in found["why"]


def test_by_rote_any_difference_above_rounding_tells():
    known, lost = ask("light.js", ("lightByRote", False), ("lightByRote", True))
    assert (known["word"], lost["word"]) == ("knows", "can't tell")
    assert "rote" in known["why"]


def told(cell, size, length=50, seed=0, draw=0, activation="logistic"):
    settings = {
        "cell": cell,
        "size": size,
        "seed": seed,
        "length": length,
        "suffix": "random",
        "law": {"law": "normal", "gain": 1.0},
        "activation": activation,
        "bias": 0.0,
    }
    (found,) = ask("numbers/readout.js", ("curveOf", settings, draw))
    return np.array([one["share"] for one in found])


@pytest.mark.slow
def test_right_after_the_first_symbol_everyone_knows():
    for cell in ("vanilla", "gru", "lstm", "mingru"):
        assert told(cell, 5, length=2)[0] == 1


@pytest.mark.slow
def test_a_fading_net_and_a_chaotic_net_are_guessing():
    # Four standard errors of 1,000 guesses.
    assert abs(told("vanilla", 10)[-1] - 0.5) < 0.064
    assert abs(told("vanilla", 100, activation="tanh")[-1] - 0.5) < 0.064


@pytest.mark.slow
def test_a_slow_net_still_knows():
    assert told("gru", 20, length=20)[:3].min() > 0.9


def frames():
    (stories,) = ask("stories.js", ("all",))
    for number, story in enumerate(stories, start=1):
        for place, frame in enumerate(story["frames"], start=1):
            yield f"{number}.{place}", frame


@pytest.mark.slow
def test_every_frame_sets_what_the_page_takes():
    of_name = dict(frames())
    calls = [
        ("checked", key, value)
        for frame in of_name.values()
        for key, value in frame["set"].items()
    ]
    for call, found in zip(calls, ask("settings.js", *calls), strict=True):
        assert found == {"value": call[2], "note": ""}, call
    places = ask("stories.js", *[("placeOf", name) for name in of_name])
    for (name, frame), place in zip(of_name.items(), places, strict=True):
        assert len(frame["say"]) < 200
        assert f"{place['story']}.{place['frame']}" == name


def test_there_is_no_other_frame():
    others = ("", "0.1", "4.1", "1.9", "x", "1.1.1")
    found = ask("stories.js", *[("placeOf", text) for text in others])
    assert found == [None] * len(others)


@pytest.mark.proof
def test_the_light_is_as_the_stories_say():
    lit = {name: frame for name, frame in frames() if "light" in frame}
    found = ask("light.js", *[("lightAt", frame["set"]) for frame in lit.values()])
    status = {name: light["status"] for name, light in zip(lit, found, strict=True)}
    assert status == {name: frame["light"] for name, frame in lit.items()}


@pytest.mark.slow
def test_the_page_opens_on_a_net_that_knows():
    (opening,) = ask("settings.js", ("opening",))
    (found,) = ask("light.js", ("lightAt", opening))
    assert found["word"] == "knows"
    assert found["share"] > 0.7
