"""
A day's deliveries of many small objects, and what must come of them however often and in whatever order they come.

All people and places are invented. Doses differ from study to study, so that a mix-up shows.
"""

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dose_core.contract import DICOM_MEDIA_TYPE, Envelope, encode_series, instance_path, series_headers_path
from tests.builders import mammography, nuclear, projection_rdsr
from tests.builders.ct_image import ct_image_bytes
from tests.builders.ct_rdsr import accumulated, chest_ct, ct_rdsr_bytes, dlp_total, event_count, irradiated

PATIENTS = 39  # so that a patient has studies of several kinds
_LENGTH_CM = 30  # of tests.builders.ct_rdsr.chest_ct
_SLICES, _SLICE_MM, _CTDI_MGY = 4, 5.0, 7.5  # 7.5 mGy x 2 cm = 15 mGy.cm


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One PUT. ``sop_instance_uids`` are those of the objects that it carries."""

    path: str
    content_type: str
    body: bytes = field(repr=False)
    sop_instance_uids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedStudy:
    """
    What must be known of a study in the end, each event once.

    ``doses`` has the dose that is stated of each event, by its UID, in the quantity of its modality (DLP in
    mGy.cm, DAP in Gy.cm2, AGD in mGy, activity in MBq); ``None`` where images alone speak of it.
    """

    study_instance_uid: str
    patient_id: str
    doses: dict[str, float | None]
    dlp_mgy_cm: float | None = None  # of a CT study


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyDay:
    """``deliveries`` in the order in which they are tried; some come several times."""

    deliveries: tuple[Delivery, ...]
    studies: tuple[ExpectedStudy, ...]

    @property
    def sop_instance_uids(self) -> set[str]:
        """All objects of the day."""
        return {uid for delivery in self.deliveries for uid in delivery.sop_instance_uids}


def busy_day(*, studies: int, deliveries: int, seed: int) -> BusyDay:
    """Return a day on which each object of these studies comes at least once, in an order drawn by the seed."""
    drawn = random.Random(seed)  # noqa: S311  a test's order, no secret
    made = [_KINDS[number % len(_KINDS)](_Study(number)) for number in range(studies)]
    each_once = [delivery for of_study, _ in made for delivery in of_study]
    if len(each_once) > deliveries:
        msg = f"{studies} studies have {len(each_once)} deliveries, more than {deliveries}"
        raise ValueError(msg)
    order = each_once + drawn.choices(each_once, k=deliveries - len(each_once))
    drawn.shuffle(order)
    return BusyDay(deliveries=tuple(order), studies=tuple(expected for _, expected in made))


class _Study:
    """The names that a study's objects share, and new UIDs for them."""

    def __init__(self, number: int) -> None:
        self.uid = f"2.25.55.{number}"
        self.patient_id = f"BUSY-{number % PATIENTS}"
        self.dlp = 100.0 + number
        self._count = itertools.count(1)

    def event_uid(self, number: int) -> str:
        return f"{self.uid}.7.{number}"

    def header(self) -> dict[str, Any]:
        return {
            "StudyInstanceUID": self.uid,
            "SOPInstanceUID": f"{self.uid}.8.{next(self._count)}",
            "AccessionNumber": self.uid.rpartition(".")[2],
            "PatientName": f"Invented^{self.patient_id}",
            "PatientID": self.patient_id,
            "IssuerOfPatientID": None,
            "PatientBirthDate": "19700102",
            "PatientSex": "O",
        }

    def expected(self, dose: float | None, *, dlp_mgy_cm: float | None = None) -> ExpectedStudy:
        """One event."""
        doses = {self.event_uid(1): dose}
        return ExpectedStudy(
            study_instance_uid=self.uid, patient_id=self.patient_id, doses=doses, dlp_mgy_cm=dlp_mgy_cm
        )

    def expected_ct(self, *events: int) -> ExpectedStudy:
        """What reports on these events state."""
        doses: dict[str, float | None] = {self.event_uid(n): n * self.dlp for n in events}
        return ExpectedStudy(
            study_instance_uid=self.uid, patient_id=self.patient_id, doses=doses, dlp_mgy_cm=sum(events) * self.dlp
        )

    def report(self, *events: int) -> Delivery:
        """A CT report on these events, of which the nth has n times the dose of the first."""
        acquisitions = [
            chest_ct(self.event_uid(n), ctdi_mgy=f"{n * self.dlp / _LENGTH_CM:g}", dlp_mgy_cm=f"{n * self.dlp:g}")
            for n in events
        ]
        total = accumulated(event_count(str(len(events))), dlp_total(f"{sum(events) * self.dlp:g}"))
        return self.whole(lambda **header: ct_rdsr_bytes(*irradiated(), total, *acquisitions, **header))

    def whole(self, make: Callable[..., bytes]) -> Delivery:
        header = self.header()
        uid = str(header["SOPInstanceUID"])
        return Delivery(
            path=instance_path(uid),
            content_type=DICOM_MEDIA_TYPE,
            body=make(**header),
            sop_instance_uids=(uid,),
        )

    def slices(self) -> Delivery:
        """The image headers of one spiral, which is the first event."""
        series = f"{self.uid}.5"
        envelopes = [self._slice(series, number) for number in range(_SLICES)]
        content_type, body = encode_series(envelopes)
        uids = tuple(envelope.sop_instance_uid for envelope in envelopes)
        return Delivery(path=series_headers_path(series), content_type=content_type, body=body, sop_instance_uids=uids)

    def _slice(self, series: str, number: int) -> Envelope:
        header = self.header()
        position = ["-180", "-180", f"{_SLICE_MM * number - 400}"]
        dicom = ct_image_bytes(
            **header,
            SeriesInstanceUID=series,
            FrameOfReferenceUID=f"{self.uid}.6",
            InstanceNumber=str(number + 1),
            ImagePositionPatient=position,
            SliceThickness=f"{_SLICE_MM:g}",
            CTDIvol=_CTDI_MGY,
            IrradiationEventUID=self.event_uid(1),
        )
        return Envelope(sop_instance_uid=str(header["SOPInstanceUID"]), dicom=dicom, is_header=True)


_Made = tuple[list[Delivery], ExpectedStudy]


def _cumulative(study: _Study) -> _Made:
    """Each report repeats the events of the one before, under a new SOP Instance UID."""
    return [study.report(1), study.report(1, 2), study.report(1, 2, 3)], study.expected_ct(1, 2, 3)


def _sent_again(study: _Study) -> _Made:
    """The same report under another SOP Instance UID."""
    return [study.report(1), study.report(1)], study.expected_ct(1)


def _continued(study: _Study) -> _Made:
    """Two reports, each on its own events."""
    return [study.report(1, 2), study.report(3)], study.expected_ct(1, 2, 3)


def _images_alone(study: _Study) -> _Made:
    return [study.slices()], study.expected(None, dlp_mgy_cm=_CTDI_MGY * _SLICES * _SLICE_MM / 10)


def _report_beside_images(study: _Study) -> _Made:
    """The report outranks the images of the same event."""
    return [study.slices(), study.report(1)], study.expected_ct(1)


def _fluoroscopy(study: _Study) -> _Made:
    dap_gy_m2 = f"{study.dlp * 1e-6:.6f}"
    content = (
        *projection_rdsr.observer(),
        projection_rdsr.totals(dap_gy_m2),
        projection_rdsr.event(*projection_rdsr.dose(dap_gy_m2), uid=study.event_uid(1)),
    )
    report = study.whole(lambda **header: projection_rdsr.projection_rdsr_bytes(*content, **header))
    return [report], study.expected(study.dlp / 100)  # 1 Gy.m2 is 10,000 Gy.cm2


def _mammography(study: _Study) -> _Made:
    agd = f"{study.dlp / 100:g}"
    content = (
        mammography.accumulated(mammography.agd_total(agd, mammography.LEFT_BREAST)),
        mammography.left_cc(study.event_uid(1), agd_mgy=agd),
    )
    report = study.whole(lambda **header: mammography.mammography_rdsr_bytes(*content, **header))
    return [report], study.expected(study.dlp / 100)


def _administration(study: _Study) -> _Made:
    content = nuclear.administration(uid=study.event_uid(1), activity=f"{study.dlp:g}")
    report = study.whole(lambda **header: nuclear.rrdsr_bytes(content, **header))
    return [report], study.expected(study.dlp)


_KINDS: tuple[Callable[[_Study], _Made], ...] = (
    *(_cumulative, _fluoroscopy, _sent_again, _images_alone),
    *(_continued, _mammography, _report_beside_images, _administration),
)
