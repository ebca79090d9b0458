"""Time the playground in Chromium: its first picture, its frames, its distances.

What else runs takes seconds of the clock, and hardly any of the processor: both are
shown. A frame's script is that of the page alone, from the end of one frame to the end
of the next, on the main thread.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from operator import itemgetter
from statistics import median, quantiles
from typing import NamedTuple

from report import Row, at_most

from firstbit import playground

CELLS = ("vanilla", "gru", "lstm", "mingru")
NAMES = ("chromium", "chromium-browser", "google-chrome")
ROUNDS = 3

FIRST_SECONDS, FRAME_SECONDS, DISTANCES_SECONDS = 1.0, 0.008, 1.0

USUAL = "#v=1&k=20&nets=200&cell="
"""The view whose frames are timed."""

FEW = "#v=1&k=20&nets=2&suffix=constant&cell="
"""A view that is soon done: nothing else is computed when the distances begin."""

SECONDS_OF_REST = 2.0
"""Time to look at it: nobody asks for the next view at once."""

MANY = "#v=1&k=20&nets=2000&cell="
"""Distances of 2,000 draws x 50 symbols; the page fits read-outs, too."""

PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"

SAYS = "document.getElementById('{}').innerText.startsWith('{}')"

UNTIL_MANY = """async (view) => {
  const source = document.getElementById("source");
  const begin = performance.now();
  return await new Promise((done) => {
    new MutationObserver(() => {
      if (source.innerText.startsWith("2,000 nets")) done(performance.now() - begin);
    }).observe(source, { childList: true });
    location.hash = view;
  });
}"""


class Taken(NamedTuple):
    """What work took.

    Attributes:
        seconds: by the wall.
        busy: of the page's process, all its threads.
    """

    seconds: float
    busy: float


def rows() -> Iterator[Row]:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None or not find_spec("playwright"):
        yield Row("playground", "Chromium, or playwright: not installed")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        # Without a sandbox, for it can't have one where root runs it.
        options = {"executable_path": program, "args": ["--no-sandbox"]}
        browser = play.chromium.launch(**options)
        address = playground(f"{folder}/playground.html").as_uri()
        for cell in CELLS:
            yield from rows_of(browser, address, cell)
        browser.close()


def rows_of(browser, address: str, cell: str) -> Iterator[Row]:
    """The rows of one cell."""
    opened = [first_picture(browser, address, cell) for _ in range(ROUNDS)]
    yield row(f"{cell}: first picture", opened, FIRST_SECONDS)
    building, later = frames(browser, address, cell)
    yield row_of_frames(f"{cell}: nets build up", building)
    yield row_of_frames(f"{cell}: then a run", later)
    found = [distances(browser, address, cell) for _ in range(ROUNDS)]
    yield row(f"{cell}: D of 2,000 draws", found, DISTANCES_SECONDS)


def row(what: str, taken: list[Taken], most: float) -> Row:
    """A row of the medians of several rounds."""
    seconds = median(one.seconds for one in taken)
    busy = median(one.busy for one in taken)
    way = f"{busy:.2f} seconds of a processor"
    return Row(what, way, seconds, demand=at_most(most, seconds))


def row_of_frames(what: str, script: list[float]) -> Row:
    """A row of the seconds of script in each frame."""
    hundredths = quantiles(script, n=100, method="inclusive")
    shares = ", ".join(f"{p} % {1000 * hundredths[p - 1]:.1f}" for p in (50, 90, 99))
    above = sum(one > FRAME_SECONDS for one in script)
    way = f"{len(script)} frames: {shares} ms; {above} above 8 ms"
    return Row(what, way, max(script), demand=at_most(FRAME_SECONDS, max(script)))


def first_picture(browser, address: str, cell: str) -> Taken:
    """Open a page until something is painted."""
    page = new_page(browser)
    before = busy(browser)
    page.goto(address + USUAL + cell)
    page.wait_for_function(PAINTED, polling=20)
    taken = Taken(page.evaluate(PAINTED) / 1000, busy(browser) - before)
    page.context.close()
    return taken


def frames(browser, address: str, cell: str) -> tuple[list[float], list[float]]:
    """Script of each frame: while nets build up, and while the cursor runs."""
    page = new_page(browser)
    browser.start_tracing(categories=["devtools.timeline"])
    page.goto(address + USUAL + cell)
    page.wait_for_function(SAYS.format("source", "200 nets"), polling=100)
    building = script_of_frames(browser.stop_tracing(), address)
    browser.start_tracing(categories=["devtools.timeline"])
    page.click("#run")
    page.wait_for_function(SAYS.format("at-text", "50 of 50"), polling=100)
    later = script_of_frames(browser.stop_tracing(), address)
    page.context.close()
    return building, later


def script_of_frames(trace: bytes, address: str) -> list[float]:
    """Seconds of a processor that the page's script takes for each of its frames.

    What it does between two frames, for timers and messages, counts for the later one.
    """
    events = [one for one in json.loads(trace)["traceEvents"] if "tdur" in one]
    drawn = [one for one in events if one["name"] == "FireAnimationFrame"]
    calls = [one for one in events if one["name"] == "FunctionCall"]
    found, script = [], 0.0
    for call in sorted(calls, key=itemgetter("ts")):
        if call["args"]["data"].get("url") != address:
            continue
        script += call["tdur"] / 1e6
        if any(is_inside(call, frame) for frame in drawn):
            found.append(script)
            script = 0.0
    return found


def is_inside(one: dict, other: dict) -> bool:
    begins = other["ts"] <= one["ts"]
    return begins and one["ts"] + one["dur"] <= other["ts"] + other["dur"]


def distances(browser, address: str, cell: str) -> Taken:
    """Ask a page that is at rest for many nets, until it says that they are there."""
    page = new_page(browser)
    page.goto(address + FEW + cell)
    page.wait_for_function(SAYS.format("source", "2 nets"), polling=100)
    page.wait_for_timeout(1000 * SECONDS_OF_REST)
    before = busy(browser)
    milliseconds = page.evaluate(UNTIL_MANY, MANY + cell)
    taken = Taken(milliseconds / 1000, busy(browser) - before)
    page.context.close()
    return taken


def new_page(browser):
    return browser.new_context(viewport={"width": 1300, "height": 900}).new_page()


def busy(browser) -> float:
    """Seconds of a processor that all pages have taken so far."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return sum(one["cpuTime"] for one in processes if one["type"] == "renderer")
