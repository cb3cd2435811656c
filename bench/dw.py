"""
``dw``: CPU of the water-equivalent diameter of a CT slice, and a series of 500 slices from a real Orthanc.

The slices are computed bodies of 512 x 512 pixels with noise: a trunk with lungs that touches a flat table, the same
cut off by the field of view, a head in its holder, two legs. Times of a process on one thread; the figure is that of
the slowest body, each the median over its runs. Decoding is told apart, and so is what the series spends where. An
enhanced image of fewer frames is told by its frame.
"""

import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np

from bench.skip import SkipError
from dose_core.dosimetry.ct_size.water_equivalent import CtPixels, slice_size
from dose_services.ct_sizes import Wanted
from dose_worker.ct_decoding import decoded
from dose_worker.ct_images import DecodedSlice, HeldSlice
from dose_worker.measuring import look
from dose_worker.orthanc_ct_images import OrthancCtImages
from tests.builders.ct_image_files import enhanced_of, image_of, jpeg_2000_of, series_of
from tests.builders.ct_phantoms import LUNG_HU, curved_table, ellipse, hollow_table, painted, scanned
from tests.builders.dicom_files import file_of
from tests.support.orthanc import PASSWORD, USER, RealOrthanc, is_installed

_RUNS = 60
_SLICES, _FRAMES = 500, 100
_ENHANCED = "2.25.4711"
_NOISE_HU = 25
_MS, _MB = 1000.0, 1e6


class _Timed(OrthancCtImages):
    """An Orthanc that tells how long its images took to come and to be decoded."""

    spent_s = 0.0

    def decoded(self, held: HeldSlice) -> DecodedSlice | None:
        began = perf_counter()
        try:
            return super().decoded(held)
        finally:
            self.spent_s += perf_counter() - began


def run() -> dict[str, Any]:
    """Return the figures."""
    if not is_installed():
        raise SkipError("Orthanc is not installed; make setup installs it")
    per_slice_ms = {name: _cpu_ms(lambda: slice_size(pixels)) for name, pixels in _bodies().items()}  # noqa: B023 - used at once
    for name, spent_ms in per_slice_ms.items():
        print(f"  {spent_ms:6.2f} ms CPU   {name}")
    trunk = _bodies()["trunk on a table"]
    files = {"plain": file_of(image_of(trunk)), "JPEG 2000": jpeg_2000_of(image_of(trunk))}
    decoding_ms = {name: _cpu_ms(lambda: decoded(file, _unasked)) for name, file in files.items()}  # noqa: B023 - likewise
    for name, spent_ms in decoding_ms.items():
        print(f"  {spent_ms:6.2f} ms CPU   decoding, {name}, {len(files[name]) / _MB:.2f} MB")
    return {
        "cpu_ms_per_slice": round(max(per_slice_ms.values()), 2),
        "decoding_ms": round(decoding_ms["plain"], 2),
        **_series(trunk),
    }


def _bodies() -> dict[str, CtPixels]:
    lungs = [(ellipse(110, 150, x_mm=x), LUNG_HU) for x in (-85, 85)]
    trunk = [(ellipse(340, 220), 0.0), *lungs, *((skin, 0.0) for skin in hollow_table(top_mm=110))]
    head = [(ellipse(150, 190), 60.0), (ellipse(130, 170), 35.0), (curved_table(lowest_mm=97, radius_mm=120), 0.0)]
    legs = [(ellipse(130, 140, x_mm=x), 30.0) for x in (-90, 90)]
    return {
        "trunk on a table": scanned(painted(*trunk), noise_hu=_NOISE_HU),
        "trunk cut off": scanned(painted(*trunk, spacing_mm=0.6), spacing_mm=0.6, noise_hu=_NOISE_HU),
        "head in its holder": scanned(painted(*head, spacing_mm=0.5), spacing_mm=0.5, noise_hu=_NOISE_HU),
        "two legs": scanned(painted(*legs), noise_hu=_NOISE_HU),
    }


def _cpu_ms(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(_RUNS):
        began = process_time()
        work()
        spent.append(process_time() - began)
    return median(spent) * _MS


def _unasked() -> np.ndarray[Any, Any]:
    raise AssertionError("no archive is asked")


def _series(pixels: CtPixels) -> dict[str, float]:
    """Return how long a series takes from the archive to its sizes, and print where it goes."""
    slices = series_of(pixels, _SLICES, step_mm=0.7)
    wanted = Wanted(
        study_instance_uid=str(slices[0].StudyInstanceUID),
        event_uids=frozenset(("2.25.1",)),
        only_event_uid="2.25.1",
        evidence_at=datetime(2031, 1, 2, tzinfo=UTC),
    )
    with (
        tempfile.TemporaryDirectory(prefix="doseledger-bench-") as name,
        RealOrthanc(folder=Path(name) / "orthanc", configuration={"Plugins": []}) as orthanc,
    ):
        for one in slices:
            orthanc.upload(file_of(one))
        orthanc.upload(file_of(enhanced_of(pixels, _FRAMES, step_mm=0.7, StudyInstanceUID=_ENHANCED)))
        with closing(_Timed(orthanc.url, USER, PASSWORD, timeout_s=60)) as images:
            began, cpu_began = perf_counter(), process_time()
            images.reconstructions(wanted.study_instance_uid)
            listed_s = perf_counter() - began
            began, cpu_began = perf_counter(), process_time()
            (measured,) = look(images, wanted).slices
            wall_s, cpu_s = perf_counter() - began, process_time() - cpu_began
            fetched_s = images.spent_s
            began = perf_counter()
            (enhanced,) = look(images, replace(wanted, study_instance_uid=_ENHANCED)).slices
            enhanced_s = perf_counter() - began
    if (len(measured.dw_mm), len(enhanced.dw_mm)) != (_SLICES, _FRAMES):
        msg = f"{len(measured.dw_mm)} of {_SLICES} slices were measured, {len(enhanced.dw_mm)} of {_FRAMES} frames"
        raise RuntimeError(msg)
    measuring_s = wall_s - listed_s - fetched_s
    print(f"  {_SLICES} slices from Orthanc: {wall_s:.2f} s, of it {cpu_s:.2f} s CPU of the worker")
    print(
        f"    asking what there is {listed_s:.2f} s, fetching and decoding {fetched_s:.2f}, measuring {measuring_s:.2f}"
    )
    per_frame_ms = enhanced_s / len(enhanced.dw_mm) * _MS
    print(f"  {len(enhanced.dw_mm)} frames of one enhanced image: {per_frame_ms:.1f} ms each")
    return {
        "series_wall_s": round(wall_s, 2),
        "series_cpu_s": round(cpu_s, 2),
        "enhanced_wall_ms_per_frame": round(per_frame_ms, 1),
    }
