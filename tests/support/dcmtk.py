"""DCMTK's own tools, which change an object as other software in a hospital does."""

import shutil
import subprocess
from pathlib import Path

from pydicom import dcmread


def converted(dicom: bytes, folder: Path, *options: str) -> bytes | None:
    """Return an object as dcmconv writes it anew with these options, ``None`` if it cannot."""
    return _run("dcmconv", dicom, folder, options, to_other_file=True)


def modified(dicom: bytes, folder: Path, *options: str) -> bytes | None:
    """Return an object as dcmodify changes it in its place, ``None`` if it cannot."""
    return _run("dcmodify", dicom, folder, ("-nb", *options), to_other_file=False)


def found_series(port: int, study_instance_uid: str, modality: str, folder: Path) -> list[str]:
    """Return the UIDs of the series of a modality that findscu finds in a study at 127.0.0.1."""
    folder.mkdir()
    keys = ("QueryRetrieveLevel=SERIES", f"StudyInstanceUID={study_instance_uid}", "SeriesInstanceUID", "Modality")
    asked = [part for key in keys for part in ("-k", key)]
    command = ["findscu", "-S", "-X", "-od", str(folder), *asked, "127.0.0.1", str(port)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    answers = [dcmread(path, force=True) for path in sorted(folder.glob("rsp*.dcm"))]
    return [str(one.SeriesInstanceUID) for one in answers if one.Modality == modality]


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
