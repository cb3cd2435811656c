"""DCMTK's own tools, which change an object as other software in a hospital does."""

import shutil
import subprocess
from pathlib import Path


def converted(dicom: bytes, folder: Path, *options: str) -> bytes | None:
    """Return an object as dcmconv writes it anew with these options, ``None`` if it cannot."""
    return _run("dcmconv", dicom, folder, options, to_other_file=True)


def modified(dicom: bytes, folder: Path, *options: str) -> bytes | None:
    """Return an object as dcmodify changes it in its place, ``None`` if it cannot."""
    return _run("dcmodify", dicom, folder, ("-nb", *options), to_other_file=False)


def _run(program: str, dicom: bytes, folder: Path, options: tuple[str, ...], *, to_other_file: bool) -> bytes | None:
    path = shutil.which(program)
    if path is None:
        msg = f"{program} is not installed; `make setup` installs it"
        raise RuntimeError(msg)
    before, after = folder / "before.dcm", folder / "after.dcm"
    before.write_bytes(dicom)
    files = [str(before), str(after)] if to_other_file else [str(before)]
    done = subprocess.run([path, *options, *files], capture_output=True, check=False, timeout=60)
    return (after if to_other_file else before).read_bytes() if done.returncode == 0 else None
