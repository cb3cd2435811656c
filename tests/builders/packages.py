"""Packages as an installation leaves them: a module and, beside it, what its distribution says about itself."""

from collections.abc import Mapping
from pathlib import Path


def write_package(
    folder: Path,
    module: str,
    source: str,
    *,
    name: str,
    entry_points: Mapping[str, str],
    version: str = "1.0",
    group: str = "doseledger.readers",
) -> None:
    """Write a module and the metadata of a distribution with entry points: name -> object (PEP 376, 621)."""
    (folder / f"{module}.py").write_text(source, encoding="utf-8")
    metadata = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    lines = [f"{entry_point} = {target}" for entry_point, target in entry_points.items()]
    (metadata / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines, ""]), encoding="utf-8")
