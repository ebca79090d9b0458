"""Write docs/measures.md, and the table of measures in README.md."""

from pathlib import Path

from firstbit.measures import as_page, as_table

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
BEGIN, END = "<!-- measures -->\n", "<!-- end of measures -->\n"


def with_table(text: str) -> str:
    """Return a page whose marked table is made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{as_table()}{END}{after}"


def main() -> None:
    """Write both."""
    (HERE / "measures.md").write_text(as_page(), encoding="utf-8")
    text = README.read_text(encoding="utf-8")
    README.write_text(with_table(text), encoding="utf-8")


if __name__ == "__main__":
    main()
