"""
Orthanc as an archive of CT images.

A study costs one call for its instances, whose places Orthanc keeps, and one for a sample of each acquisition of a
series. An image of several frames costs two calls for its header, and then one for each frame: it is never fetched as
a whole. Compressed pixels that nothing here decodes come as arrays that Orthanc decodes (from 1.10 on): JPEG and
JPEG-LS by its own means, JPEG 2000 with its GDCM plugin. ``/file?transcode=`` exists from 1.12 on; before, Orthanc
ignores it and sends the image as it is.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dose_core.contract import MAX_OBJECT_BYTES
from dose_worker import ct_decoding
from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError
from dose_worker.ct_images import DecodedSlice, HeldSlice, Reconstruction, ShownLocaliser, UndecodableImageError
from dose_worker.enhanced_ct import field_of_view_mm, is_axial, is_enhanced, numbers, reconstructions_of, several
from dose_worker.orthanc_localisers import HeldLocaliser, held_localisers, shown_localiser
from dose_worker.orthanc_rest import OrthancRest, json_of

# Else Orthanc packs each answer anew (HttpCompressionEnabled), which takes it 170 ms for an image of 512 kB.
_PLAIN = {"Accept-Encoding": "identity"}
_LOCALIZER, _ORIGINAL = "LOCALIZER", "ORIGINAL"  # Image Type, values 3 and 1 (PS3.3, C.8.2.1.1.1 and C.7.6.1.1.2)


class OrthancCtImages:
    """An Orthanc; used by one thread."""

    def __init__(self, url: str, user: str | None = None, password: str | None = None, *, timeout_s: float) -> None:
        self._rest = OrthancRest(url, user, password, timeout_s=timeout_s)

    def reconstructions(self, study_instance_uid: str) -> Sequence[Reconstruction]:
        """See ``CtImages``."""
        found = json_of(self._rest.ask("post", "tools/lookup", data=study_instance_uid))
        return [
            one
            for study in sorted(str(known["ID"]) for known in found if known["Type"] == "Study")
            for one in self._of_study(study)
        ]

    def decoded(self, held: HeldSlice) -> DecodedSlice | None:
        """See ``CtImages``."""
        path = "file" if held.frame is None else f"frames/{held.frame.number}/raw"
        answer = self._rest.ask_for("get", f"instances/{held.archive_id}/{path}", headers=_PLAIN)
        if answer is None:
            return None
        if len(answer.content) > MAX_OBJECT_BYTES:
            raise UndecodableImageError("an image is larger than one object may be")
        if held.frame is None:
            return ct_decoding.decoded(answer.content, lambda: self._by_orthanc(held))
        return ct_decoding.decoded_frame(held.frame, answer.content, lambda: self._by_orthanc(held))

    def localisers(self, study_instance_uid: str) -> Sequence[ShownLocaliser]:
        """See ``CtImages``."""
        shown = (self._shown(one) for one in held_localisers(self._rest, study_instance_uid))
        return [one for one in shown if one is not None]

    def _shown(self, held: HeldLocaliser) -> ShownLocaliser | None:
        answer = self._rest.ask_for("get", f"instances/{held.archive_id}/file", headers=_PLAIN)
        if answer is None or len(answer.content) > MAX_OBJECT_BYTES:
            return None
        slice_ = HeldSlice(archive_id=held.archive_id, sop_instance_uid=held.sop_instance_uid, z_mm=0.0)
        try:
            image = ct_decoding.decoded(answer.content, lambda: self._by_orthanc(slice_), is_localiser=True)
        except UndecodableImageError:
            return None
        return shown_localiser(held, image.pixels)

    def close(self) -> None:
        """Close the connections."""
        self._rest.close()

    def _of_study(self, study_id: str) -> list[Reconstruction]:
        series = self._rest.ask_for("get", f"studies/{study_id}/series")
        instances = self._rest.ask_for("get", f"studies/{study_id}/instances")
        if series is None or instances is None:
            return []
        of_ct = {
            one["ID"]: str(one["MainDicomTags"].get("SeriesInstanceUID", ""))
            for one in json_of(series)
            if one["MainDicomTags"].get("Modality") == "CT"
        }
        groups: dict[tuple[str, str], list[HeldSlice]] = {}
        for one in json_of(instances):
            held = _held(one) if one["ParentSeries"] in of_ct else None
            if held is not None:
                acquisition = str(one["MainDicomTags"].get("AcquisitionNumber", ""))
                groups.setdefault((one["ParentSeries"], acquisition), []).append(held)
        made = (self._reconstruction(of_ct[key[0]], groups[key]) for key in sorted(groups))
        found = [one for one in made if one is not None]
        enhanced = [
            one for one in json_of(instances) if one["ParentSeries"] in of_ct and is_enhanced(one["MainDicomTags"])
        ]
        return found + self._of_enhanced([(one["ID"], of_ct[one["ParentSeries"]]) for one in enhanced], found)

    def _of_enhanced(self, images: list[tuple[str, str]], found: list[Reconstruction]) -> list[Reconstruction]:
        """Return what the frames of such images show; one that cannot be read is told if nothing else is there."""
        made: list[Reconstruction] = []
        refused: UndecodableImageError | None = None
        for archive_id, series_instance_uid in sorted(images):
            answer = self._rest.ask_for("get", f"instances/{archive_id}/simplified-tags")
            syntax = self._rest.ask_for("get", f"instances/{archive_id}/metadata/TransferSyntax")
            if answer is None or syntax is None:
                continue
            if len(answer.content) > MAX_OBJECT_BYTES:
                refused = UndecodableImageError("the header of an image is larger than one object may be")
                continue
            try:
                made += reconstructions_of(archive_id, series_instance_uid, json_of(answer), syntax.text.strip())
            except UndecodableImageError as error:
                refused = error
        if refused is not None and not made and not found:
            raise refused
        return made

    def _reconstruction(self, series_instance_uid: str, slices: list[HeldSlice]) -> Reconstruction | None:
        """Return what a series shows of an acquisition, ``None`` if it is a localiser or gone."""
        slices.sort(key=lambda one: (one.z_mm, one.sop_instance_uid))
        answer = self._rest.ask_for("get", f"instances/{slices[len(slices) // 2].archive_id}/simplified-tags")
        if answer is None:
            return None
        tags = json_of(answer)
        image_type = several(tags, "ImageType")
        if _LOCALIZER in image_type:
            return None
        return Reconstruction(
            series_instance_uid=series_instance_uid,
            event_uids=several(tags, "IrradiationEventUID"),
            is_original=image_type[:1] == (_ORIGINAL,),
            field_of_view_mm=field_of_view_mm(tags),
            slices=tuple(slices),
            frame_of_reference_uid=tags.get("FrameOfReferenceUID") or None,
        )

    def _by_orthanc(self, held: HeldSlice) -> NDArray[Any] | None:
        """Return the pixels as Orthanc decodes them, ``None`` if it cannot."""
        number = 0 if held.frame is None else held.frame.number
        path = f"instances/{held.archive_id}/frames/{number}/numpy?rescale=false"
        try:
            answer = self._rest.ask_for("get", path, headers=_PLAIN)
        except ArchiveRefusedError:
            return None
        except ArchiveUnavailableError:
            self._rest.ask("get", "system")  # it answers 500 to what it cannot decode; is it there at all?
            return None
        if answer is None:
            return None
        array: NDArray[Any] = np.load(BytesIO(answer.content), allow_pickle=False)
        return array


def _held(instance: Mapping[str, Any]) -> HeldSlice | None:
    """Return an axial image, ``None`` for any other."""
    tags = instance["MainDicomTags"]
    place, plane = numbers(tags, "ImagePositionPatient"), numbers(tags, "ImageOrientationPatient")
    if len(place) != 3 or (plane and not is_axial(plane)):  # noqa: PLR2004 - x, y, z
        return None
    return HeldSlice(archive_id=instance["ID"], sop_instance_uid=str(tags.get("SOPInstanceUID", "")), z_mm=place[2])
