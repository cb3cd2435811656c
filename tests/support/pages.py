"""Code that the documentation shows, so that a test can run what a reader would copy."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def code_block(page: str, language: str) -> str:
    """Return the one code block in a language that a page of docs/ has."""
    text = (DOCS / page).read_text(encoding="utf-8")
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return str(block)
