"""Write docs/adr/README.md: each decision's number and title, and number the drafts that have none yet."""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "adr"
HEAD = """# Decisions

What a newcomer might have decided the other way, one page each. A page is not changed once it is accepted; a later
page may replace it and says so. A new page needs no number: `make decisions` gives it the next one and lists it here.

| no. | decision |
|---|---|
"""


def main() -> None:
    """Number what has no number, then write the list."""
    pages = sorted(FOLDER.glob("[0-9][0-9][0-9][0-9]-*.md"))
    for draft in sorted(set(FOLDER.glob("*.md")) - set(pages) - {FOLDER / "README.md"}):
        pages.append(draft.rename(FOLDER / f"{len(pages) + 1:04d}-{draft.name}"))
    rows = []
    for page in pages:
        number = page.name[:4]
        text = page.read_text(encoding="utf-8")
        title = re.sub(r"^# (?:\d{4}\. )?", "", text.splitlines()[0])
        page.write_text(text.replace(text.splitlines()[0], f"# {number}. {title}", 1), encoding="utf-8")
        rows.append(f"| {number} | [{title}]({page.name}) |\n")
    (FOLDER / "README.md").write_text(HEAD + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
