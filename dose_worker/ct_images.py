"""CT images in an archive, as a port: ``dose_worker.orthanc_ct_images`` is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dose_core.dosimetry.ct_size.localiser import Localiser
from dose_core.dosimetry.ct_size.water_equivalent import CtPixels
from dose_core.errors import DoseError


class UndecodableImageError(DoseError):
    """No decoder here or in the archive reads the image; the text names its transfer syntax, or what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """
    One frame of an image of several, counted from 0.

    ``values`` are the elements that an image of this frame alone would have, by keyword, as text.
    """

    number: int
    transfer_syntax_uid: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSlice:
    """
    An image by the archive's own id and its SOP Instance UID, and where it lies along the patient.

    ``frame`` is ``None`` where the image is one slice.
    """

    archive_id: str
    sop_instance_uid: str
    z_mm: float
    frame: Frame | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconstruction:
    """
    The axial images that one series shows of one acquisition.

    ``event_uids`` are those that a sample of them names. ``field_of_view_mm`` is ``None`` where it names none.
    """

    series_instance_uid: str
    event_uids: tuple[str, ...]
    is_original: bool
    field_of_view_mm: float | None
    slices: tuple[HeldSlice, ...]
    frame_of_reference_uid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedSlice:
    """An image with its pixels, and what its header says of itself."""

    pixels: CtPixels
    event_uids: tuple[str, ...]
    ctdi_vol_mgy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLocaliser:
    """A localiser with its pixels, and in which frame of reference its lines lie; ``None`` where it names none."""

    series_instance_uid: str
    sop_instance_uid: str
    frame_of_reference_uid: str | None
    localiser: Localiser


class CtImages(Protocol):
    """
    An archive of CT images. Each call may be repeated.

    Each raises ``ArchiveUnavailableError`` where another attempt may help, ``ArchiveRefusedError`` where none will.
    """

    def reconstructions(self, study_instance_uid: str) -> Sequence[Reconstruction]:
        """
        Return the axial CT reconstructions of a study, none if the archive does not have it.

        Raises:
            UndecodableImageError: it has CT images of a kind that is not measured, and no others.
        """

    def localisers(self, study_instance_uid: str) -> Sequence[ShownLocaliser]:
        """Return the CT localisers of a study that can be decoded and lie along the patient, none if there are none."""

    def decoded(self, held: HeldSlice) -> DecodedSlice | None:
        """
        Return an image with its pixels, ``None`` if it is gone.

        Raises:
            UndecodableImageError: nothing here or there decodes it.
        """
