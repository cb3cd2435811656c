"""DCMTK's compressors, as modalities and archives compress images, and what undoes them."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from pydicom import dcmread


def compressed(dicom: bytes, folder: Path, program: str, *options: str) -> bytes:
    """Return an image as ``dcmcjpls``, ``dcmcjpeg`` or ``dcmcrle`` compresses it."""
    path = shutil.which(program)
    assert path is not None, f"{program} is not installed; `make setup` installs it"
    before, after = folder / "plain.dcm", folder / "compressed.dcm"
    before.write_bytes(dicom)
    subprocess.run([path, *options, str(before), str(after)], capture_output=True, check=True, timeout=60)
    return after.read_bytes()


def decompressed(dicom: bytes, folder: Path) -> NDArray[Any] | None:
    """Return the pixels of an image in JPEG or JPEG-LS, ``None`` if DCMTK does not decode it."""
    before, after = folder / "compressed.dcm", folder / "plain.dcm"
    before.write_bytes(dicom)
    for program in ("dcmdjpeg", "dcmdjpls"):
        path = shutil.which(program)
        assert path is not None, f"{program} is not installed; `make setup` installs it"
        if (
            subprocess.run([path, str(before), str(after)], capture_output=True, check=False, timeout=60).returncode
            == 0
        ):
            pixels: NDArray[Any] = dcmread(after).pixel_array
            return pixels
    return None
