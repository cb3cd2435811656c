"""What the documentation says of the readers is what the readers do."""

import dataclasses
import inspect
import re
import subprocess
import sys
from pathlib import Path

import dose_core.readers.registry  # noqa: F401  loads all readers, and each makes its codes known
from dose_core import model
from dose_core.readers.sr.codes import _KNOWN_CODES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
QUIRKS = (DOCS / "reference" / "vendor-quirks.md").read_text(encoding="utf-8")
NOT_READING = {"ct-rdsr-written.md", "hl7.md", "templates-written.md"}
PAGES = " ".join(
    page.read_text(encoding="utf-8")
    for page in [*(DOCS / "conformance").glob("*.md"), DOCS / "reference" / "reading.md"]
    if page.name not in NOT_READING
)
# Fields that no line prints: what the ledger needs of a report, see dose_core.readers.report_line.
INTERNAL = {"our_own", "patient_identity_removed", "sop_class_uid", "content_at", "timezone_offset"}


def test_the_tables_of_the_pages_are_those_of_the_readers() -> None:
    program = [sys.executable, str(ROOT / "scripts" / "conformance_tables.py"), "--check"]
    ended = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout) == (0, "")


def test_every_code_that_a_reader_knows_is_named_on_a_page() -> None:
    named = set(re.findall(r"[\w-]+", PAGES))
    assert sorted(code for code in _KNOWN_CODES if code[0] not in named) == []


def test_every_field_of_a_line_is_named_on_a_page() -> None:
    fields = {
        (name, field.name)
        for name, shape in inspect.getmembers(model, dataclasses.is_dataclass)
        for field in dataclasses.fields(shape)
        if field.name not in INTERNAL
    }
    named = set(re.findall(r"\w+", PAGES))
    assert sorted(field for field in fields if field[1] not in named) == []


def test_every_kind_is_named_on_a_page() -> None:
    assert [kind for kind in model.Kind if f"`{kind}`" not in PAGES] == []


def test_every_test_that_the_list_of_quirks_names_is_there() -> None:
    # A file is named by its stem, below the readers with their folder: "ct/test_event::test_is_read".
    tests = [
        (f"{path.parent.name}/{path.stem}", path.read_text(encoding="utf-8"))
        for path in (ROOT / "tests").rglob("test_*.py")
    ]
    named = re.findall(r"`([\w/]+)::(test_\w+)`", QUIRKS)
    assert named
    assert [
        (file, test)
        for file, test in named
        if not any(f"/{place}".endswith(f"/{file}") and f"def {test}(" in text for place, text in tests)
    ] == []
