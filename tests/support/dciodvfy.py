"""Validators that are not ours: dciodvfy (dicom3tools), dsrdump and dsr2xml (DCMTK)."""

import shutil
import subprocess
from pathlib import Path


def dciodvfy_errors(dicom: bytes, folder: Path) -> list[str]:
    """Return the lines in which dciodvfy calls the object wrong; warnings are left out."""
    return [line for line in _run("dciodvfy", dicom, folder).splitlines() if line.startswith("Error")]


def dsrdump_complaints(dicom: bytes, folder: Path) -> list[str]:
    """Return the errors of DCMTK's SR parser, which knows value types and relationships of each SR class."""
    return [line for line in _run("dsrdump", dicom, folder).splitlines() if line.startswith(("E:", "F:"))]


def dsr2xml_complaints(dicom: bytes, folder: Path) -> list[str]:
    """Return why DCMTK cannot turn the report into XML."""
    return [line for line in _run("dsr2xml", dicom, folder).splitlines() if line.startswith(("E:", "F:"))]


def dsrdump(dicom: bytes, folder: Path, *options: str) -> str:
    """Return the content tree as DCMTK prints it."""
    return _run("dsrdump", dicom, folder, *options)


def _run(program: str, dicom: bytes, folder: Path, *options: str) -> str:
    path = shutil.which(program)
    if path is None:
        msg = f"{program} is not installed; `make setup` installs it"
        raise RuntimeError(msg)
    file = folder / "object.dcm"
    file.write_bytes(dicom)
    done = subprocess.run([path, *options, str(file)], capture_output=True, check=False, timeout=60)
    return (done.stdout + done.stderr).decode("utf-8", "replace")
