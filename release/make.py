"""Build a release, check what is in it, try it in an empty environment: `make dist`.

It writes the source archive, the wheel and the notes of the version into `dist`, and
ends with a line that says what is wrong, if anything is.
"""

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

import firstbit

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
VERSION = firstbit.__version__

COMMANDS = (
    ("--version",),
    ("language", "reber", "--demand"),
    ("discrepancy", "--cell", "gru:3", "--length", "5", "--num-draws", "20"),
)
"""What the program must do where nothing but the wheel is installed."""

UNWANTED = re.compile(
    r"__pycache__|\.pyc$|^\.git/|^\.venv|^results/|^build/|\.nc\.tmp$"
)


def main() -> int:
    """Build and check; return the status of the process."""
    wrong = versions_that_differ()
    if not wrong:
        build()
        wrong = missing_files()
    if not wrong:
        (DIST / f"notes-{VERSION}.md").write_text(notes(VERSION), encoding="utf-8")
        wrong = try_wheel()
    for line in wrong:
        print(line, file=sys.stderr)
    if not wrong:
        print(
            f"firstbit {VERSION}: " + ", ".join(sorted(p.name for p in DIST.iterdir()))
        )
    return 1 if wrong else 0


def versions_that_differ() -> list[str]:
    """Return a line for each file that names another version."""
    wrong = []
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    if f"\nversion: {VERSION}\n" not in citation:
        wrong.append(f"expected version {VERSION} in CITATION.cff; change it.")
    if not notes(VERSION):
        wrong.append(f"expected a section {VERSION} first in CHANGELOG.md; write it.")
    return wrong


def notes(version: str) -> str:
    """Return what the changelog says of the newest version; "" if it is another."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first = text.partition("\n## ")[2].partition("\n## ")[0]
    title, _, body = first.partition("\n")
    return f"# firstbit {version}\n{body}" if title.strip() == version else ""


def build() -> None:
    """Write the archive and the wheel, from nothing."""
    shutil.rmtree(DIST, ignore_errors=True)
    command = [sys.executable, "-m", "build", "--outdir", str(DIST), str(ROOT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def tracked(*folders: str) -> set[str]:
    """Return the files that git knows, below some folders."""
    command = ["git", "ls-files", "-z", "--", *folders]
    listed = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return {name for name in listed.stdout.split("\0") if name}


def missing_files() -> list[str]:
    """Return a line for each file that is missing in what was built, or too many."""
    (wheel,), (archive,) = DIST.glob("*.whl"), DIST.glob("*.tar.gz")
    in_wheel = set(zipfile.ZipFile(wheel).namelist())
    with tarfile.open(archive) as tar:
        in_archive = {name.partition("/")[2] for name in tar.getnames()}
    wrong = []
    for name in sorted(tracked("src/firstbit")):
        if name.removeprefix("src/") not in in_wheel:
            wrong.append(f"expected {name} in {wheel.name}; see pyproject.toml.")
    for name in sorted(
        tracked("src", "tests", "docs", "benchmarks", "joss", "release", ":(glob)*.md")
    ):
        if name not in in_archive:
            wrong.append(f"expected {name} in {archive.name}; see pyproject.toml.")
    for name in sorted(in_wheel):
        if not name.startswith(("firstbit/", f"firstbit-{VERSION}.dist-info/")):
            wrong.append(f"expected nothing but the package in the wheel, got {name}.")
    for name in sorted(in_wheel | in_archive):
        if UNWANTED.search(name):
            wrong.append(f"expected no file made by a run, got {name}.")
    return wrong


def try_wheel() -> list[str]:
    """Install the wheel alone, without a compiler, and run the program elsewhere."""
    (wheel,) = DIST.glob("*.whl")
    wrong = []
    with tempfile.TemporaryDirectory(prefix="firstbit-dist-") as folder:
        home = Path(folder) / "empty"
        venv.create(home, with_pip=True)
        install = [home / "bin" / "python", "-m", "pip", "install", "--quiet"]
        install += ["--disable-pip-version-check", "--only-binary", ":all:"]
        install += ["--constraint", ROOT / "constraints.txt", wheel]
        subprocess.run(install, check=True)
        for arguments in COMMANDS:
            run = [home / "bin" / "firstbit", *arguments]
            done = subprocess.run(run, cwd=folder, capture_output=True, text=True)
            if done.returncode or not done.stdout:
                said = done.stderr.strip()
                wrong.append(
                    f"expected `firstbit {' '.join(arguments)}` to run: {said}"
                )
            if arguments == ("--version",) and VERSION not in done.stdout:
                wrong.append(f"expected version {VERSION}, got {done.stdout.strip()}.")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
