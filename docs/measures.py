"""Write docs/measures.md."""

from pathlib import Path

from firstbit.measures import as_page

PAGE = Path(__file__).parent / "measures.md"


def main() -> None:
    """Write it."""
    PAGE.write_text(as_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
