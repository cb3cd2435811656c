"""The CT localisers of a study in Orthanc: which there are, and how their lines lie along the patient."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

import numpy as np

from dose_core.dosimetry.ct_size.localiser import Localiser, View
from dose_core.dosimetry.ct_size.water_equivalent import CtPixels
from dose_worker.ct_images import ShownLocaliser
from dose_worker.enhanced_ct import is_axial, numbers, several
from dose_worker.orthanc_rest import OrthancRest, json_of

_LOCALIZER = "LOCALIZER"  # Image Type, value 3 (PS3.3, C.8.2.1.1.1)
_ALONG = 0.7071  # cosine of 45 degrees
_MOST = 8  # ours: a scan is planned by one or two; each is held in memory while it is measured


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLocaliser:
    """A localiser by the archive's own id, with its header as Orthanc tells it."""

    archive_id: str
    series_instance_uid: str
    sop_instance_uid: str
    tags: Mapping[str, Any]


def held_localisers(rest: OrthancRest, study_instance_uid: str) -> list[HeldLocaliser]:
    """Return the localisers of a study, at most the first few by their UIDs."""
    known = json_of(rest.ask("post", "tools/lookup", data=study_instance_uid))
    found: list[HeldLocaliser] = []
    for study in sorted(str(one["ID"]) for one in known if one["Type"] == "Study"):
        series = rest.ask_for("get", f"studies/{study}/series")
        instances = rest.ask_for("get", f"studies/{study}/instances")
        if series is None or instances is None:
            continue
        of_ct = {
            one["ID"]: str(one["MainDicomTags"].get("SeriesInstanceUID", ""))
            for one in json_of(series)
            if one["MainDicomTags"].get("Modality") == "CT"
        }
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in json_of(instances):
            tags = one["MainDicomTags"]
            plane = numbers(tags, "ImageOrientationPatient")
            if one["ParentSeries"] in of_ct and plane and not is_axial(plane):
                image = (str(tags.get("SOPInstanceUID", "")), str(one["ID"]))
                groups.setdefault(of_ct[one["ParentSeries"]], []).append(image)
        for uid in sorted(groups):  # a series of coronal images is asked once, not image by image
            found += _of_series(rest, uid, sorted(groups[uid]))
    return found[:_MOST]


def shown_localiser(held: HeldLocaliser, pixels: CtPixels) -> ShownLocaliser | None:
    """Return a localiser with its lines, ``None`` if it does not say how they lie or they lie askew."""
    place, plane = numbers(held.tags, "ImagePositionPatient"), numbers(held.tags, "ImageOrientationPatient")
    if len(place) != 3 or len(plane) != 6:  # noqa: PLR2004 - x, y, z; two directions
        return None
    values = pixels.stored.astype(np.float32) * np.float32(pixels.slope) + np.float32(pixels.intercept)
    if pixels.padding is not None:
        low, high = sorted(pixels.padding)
        values[(pixels.stored >= low) & (pixels.stored <= high)] = nan
    across, along_z, line_mm, width_mm = plane[:3], plane[5], pixels.row_spacing_mm, pixels.column_spacing_mm
    if abs(plane[2]) >= _ALONG:  # its columns are its lines
        across, along_z, line_mm, width_mm = plane[3:], plane[2], width_mm, line_mm
        values = values.T
    view = View.FRONTAL if abs(across[0]) >= _ALONG else View.LATERAL if abs(across[1]) >= _ALONG else None
    if view is None or abs(along_z) < _ALONG or not (isfinite(line_mm) and line_mm > 0 and width_mm > 0):
        return None
    kv = numbers(held.tags, "KVP")
    return ShownLocaliser(
        series_instance_uid=held.series_instance_uid,
        sop_instance_uid=held.sop_instance_uid,
        frame_of_reference_uid=held.tags.get("FrameOfReferenceUID") or None,
        localiser=Localiser(
            values=values,
            z_mm=tuple(place[2] + line * line_mm * along_z for line in range(values.shape[0])),
            width_mm=values.shape[1] * width_mm,
            view=view,
            kv=kv[0] if kv else None,
            kernel=next(iter(several(held.tags, "ConvolutionKernel")), None),
        ),
    )


def _of_series(rest: OrthancRest, series_instance_uid: str, images: list[tuple[str, str]]) -> list[HeldLocaliser]:
    """Return the localisers of a series, none if its first image is none."""
    held: list[HeldLocaliser] = []
    for sop_instance_uid, archive_id in images[:_MOST]:
        answer = rest.ask_for("get", f"instances/{archive_id}/simplified-tags")
        tags = json_of(answer) if answer is not None else {}
        if _LOCALIZER not in several(tags, "ImageType"):
            break
        held.append(
            HeldLocaliser(
                archive_id=archive_id,
                series_instance_uid=series_instance_uid,
                sop_instance_uid=sop_instance_uid,
                tags=tags,
            )
        )
    return held
