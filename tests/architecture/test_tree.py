"""What must hold for every file that the repository keeps."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAX_LINES = 400
GENERATED = Path("migrations/versions")  # a revision is one step, written by Alembic from the tables

# Rules whose reason is the same wherever they are silenced.
ONE_REASON_FOR_ALL = {
    "N802": "the name is that of a foreign interface",
    "D102": "the method is told by the documentation of that interface",
    "ARG002": "the argument is part of that interface",
    "import-untyped": "the package ships no types",
}
TEXT = {".cfg", ".css", ".html", ".ini", ".js", ".json", ".mako", ".md", ".py", ".sh", ".sql", ".toml", ".yaml", ".yml"}

# Spelled in two halves, so that this file does not find itself.
FOREIGN_WORDS = [
    "/wo" + "rk/",
    "/ro" + "ot/",
    "/ho" + "me/",
    "pypi" + ".org",
    "python" + "hosted",
    "npm" + "js",
    "deb.debian" + ".org",
    "docker" + ".io",
    "ghcr" + ".io",
    "quay" + ".io",
]


def _kept_files() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and (path.suffix in TEXT or path.name in {"Makefile", "run", "Dockerfile"}):
            yield path


def test_no_file_of_code_is_longer_than_four_hundred_lines() -> None:
    lengths = {
        path.relative_to(ROOT): len(path.read_text().splitlines())
        for path in _kept_files()
        if path.suffix == ".py" and path.parent != ROOT / GENERATED
    }
    assert {path: lines for path, lines in lengths.items() if lines > MAX_LINES} == {}


def test_no_file_names_a_folder_of_one_machine_or_a_package_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in _kept_files()
        for word in FOREIGN_WORDS
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_every_rule_that_ruff_ignores_says_why() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start = lines.index("[tool.ruff.lint]")
    end = lines.index("[tool.ruff.lint.pydocstyle]")
    codes = [line for line in lines[start:end] if re.search(r'"[A-Z]+\d+"', line)]
    assert codes
    assert [line for line in codes if "#" not in line] == []


def test_every_silenced_rule_in_the_code_names_its_code_and_its_reason() -> None:
    silencer = re.compile(
        r"#\s*(?:noqa|type:\s*ignore)(?::\s*|\[)?(?P<codes>[A-Za-z0-9,\- ]*?)\]?(?P<reason>\s+\S.*)?$"
    )
    silent = []
    for path in _kept_files():
        if path.suffix != ".py" or path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            found = silencer.search(line)
            if found is None:
                continue
            codes = [code.strip() for code in found["codes"].split(",") if code.strip()]
            speaks_for_itself = bool(codes) and all(code in ONE_REASON_FOR_ALL for code in codes)
            if not codes or not (found["reason"] or speaks_for_itself):
                silent.append(f"{path.relative_to(ROOT)}:{number}")
    assert silent == []
