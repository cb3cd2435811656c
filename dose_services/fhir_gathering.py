"""What the resources of exams are made of: gathered for a whole page of exams with as many queries as for one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from db.mapping import exam_from_packed
from db.repositories import devices, fhir
from db.repositories.fhir import FoundExam
from db.session import Session
from db.tables.order import ImagingOrderRow
from dose_core.fhir.asked import uuid_or_none
from dose_core.fhir.elements import Made
from dose_core.fhir.reports import report
from dose_core.fhir.shares import Share, shares_of, short
from dose_core.fhir.studies import Request, Worded, indication, pregnancy
from dose_core.fhir.summaries import Study, Summarised, dose_summary
from dose_core.ledger.exam import Exam
from dose_core.local_time import to_utc
from dose_core.model import DeviceStated, Kind
from dose_core.report_sentence.sentences import sentences_of
from dose_core.report_sentence.wording import wording_of
from dose_services import device_resolving, report_sentences
from dose_services.fhir_pregnancies import PregnancyStated, pregnancies_at
from dose_services.site import Site

_REPORTS = (
    Kind.CT_RDSR,
    Kind.PROJECTION_RDSR,
    Kind.MAMMOGRAPHY_RDSR,
    Kind.RADIOPHARMACEUTICAL_RDSR,
    Kind.ENHANCED_RDSR,
    Kind.LEGACY_DOSE_SR,
)


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """An exam with all that its resources say. Pregnancies are gathered only where somebody asks for them."""

    row: FoundExam
    exam: Exam
    study: Study
    summarised: tuple[Summarised, ...]
    requests: tuple[Request, ...]
    pregnancies_stated: tuple[PregnancyStated, ...] = ()

    @cached_property
    def summaries(self) -> tuple[Made, ...]:
        """The dose summaries of its shares."""
        return tuple(map(dose_summary, self.summarised))

    @cached_property
    def pregnancies(self) -> tuple[Made, ...]:
        """What is stated of a pregnancy."""
        return tuple(
            pregnancy(f"{self.study.id}.pregnancy-{one.source}", self.study.patient_id, one.status, one.at)
            for one in self.pregnancies_stated
        )

    @cached_property
    def indications(self) -> tuple[Made, ...]:
        """Why it was asked for."""
        made = (
            indication(f"{self.study.id}.indication-{short(one.id)}", self.study.patient_id, one)
            for one in self.requests
        )
        return tuple(one for one in made if one is not None)

    @property
    def observations(self) -> tuple[Made, ...]:
        """All of them."""
        return (*self.summaries, *self.pregnancies, *self.indications)

    @property
    def report(self) -> Made:
        """The report that refers to them."""
        return report(
            self.study.id,
            self.study.patient_id,
            at=self.row.made_at,
            is_amended=self.row.revision > 1,
            summaries=self.summaries,
            pregnancies=self.pregnancies,
            indications=self.indications,
        )


def gather(
    session: Session,
    exam_ids: Sequence[UUID],
    *,
    site: Site,
    family: frozenset[UUID] | None = None,
    with_pregnancies: bool = False,
) -> list[Gathered]:
    """
    Return the resources of those of these exams that count, in their order.

    Args:
        session: the unit of work.
        exam_ids: the exams.
        site: the time zone and the language of the reports.
        family: all who are one with the patient of these exams; without it the exams may be of several patients, and
            nothing is told of pregnancies.
        with_pregnancies: whether to look for what is stated of pregnancies.
    """
    rows = fhir.exams(session, exam_ids)
    parsed = [(row, exam_from_packed(row.content)) for row in rows]
    split = [(row, exam, shares_of(exam)) for row, exam in parsed]
    patients = fhir.survivors(session, {row.patient_id for row in rows})
    around = _Around(session, split, site)
    pregnancies = pregnancies_at(session, parsed, family) if family and with_pregnancies else {}
    orders = _orders(session, rows, family)
    return [
        _gathered(row, exam, shares, patients[row.patient_id], orders[row.id], around, pregnancies.get(row.id, ()))
        for row, exam, shares in split
    ]


def _gathered(
    row: FoundExam,
    exam: Exam,
    shares: Iterable[Share],
    patient_id: UUID,
    orders: Sequence[ImagingOrderRow],
    around: "_Around",
    pregnancies: tuple[PregnancyStated, ...],
) -> Gathered:
    requests = tuple(request_of(order, patient_id, row.accession_number) for order in orders)
    study = Study(
        id=str(row.id),
        patient_id=str(patient_id),
        study_instance_uid=row.study_instance_uid,
        accession_number=row.accession_number,
        started_at=row.started_at,
        modalities=exam.modalities,
        description=exam.study_description,
        order_id=requests[0].id if requests else None,
    )
    return Gathered(
        row=row,
        exam=exam,
        study=study,
        summarised=tuple(around.summarised(one, study, row) for one in shares),
        requests=requests,
        pregnancies_stated=pregnancies,
    )


def request_of(order: ImagingOrderRow, patient_id: UUID, accession_number: str | None) -> Request:
    """Return an order that an exam with this accession number was made for."""
    return Request(
        id=str(order.id),
        patient_id=str(patient_id),
        status=order.status,
        procedure=_worded(order.procedure_code, order.procedure_scheme, order.procedure_text),
        indication=order.indication,
        reason=_worded(order.reason_code, order.reason_scheme, order.reason_text),
        accession_number=accession_number,
    )


def exam_id_of(id_: str) -> UUID | None:
    """Return the exam that a resource with this id tells of; ``None`` if the id can be none of ours."""
    return uuid_or_none(id_.partition(".")[0])


class _Around:
    """What stands around the shares of a page of exams."""

    def __init__(
        self, session: Session, split: Sequence[tuple[FoundExam, Exam, tuple[Share, ...]]], site: Site
    ) -> None:
        self._zone = site.timezone
        self._wording = wording_of(site.report_language)
        self._templates = {
            name: report_sentences.templates_chosen(session, name, self._wording.language)
            for name in sorted({row.site for row, _, _ in split})
        }
        stated = {(one.device, row.site) for row, _, shares in split for one in shares if one.device is not None}
        digests = {key: device_resolving.digest_of(*key) for key in stated}
        known = devices.known(session, list(digests.values())) if digests else {}
        self._devices = {key: known[digest] for key, digest in digests.items() if digest in known}
        keys = {key for _, _, shares in split for one in shares for key in _speaking(one)}
        self._report_uids = fhir.report_uids(session, list(map(UUID, keys)), list(_REPORTS))

    def summarised(self, share: Share, study: Study, row: FoundExam) -> Summarised:
        """Return a share with what stands around it."""
        said = sentences_of(share.exam, self._wording, zone=self._zone, templates=self._templates[row.site])
        stated = (self._report_uids.get(UUID(key)) for key in _speaking(share))
        started = to_utc(share.started_at, self._zone).utc if share.started_at else None
        return Summarised(
            share=share,
            study=study,
            sentence=" ".join(one.text for one in said),
            started_at=started or study.started_at,
            device=self._device(share.device, row.site),
            report_uids=tuple(dict.fromkeys(uid for uid in stated if uid)),
            is_amended=row.revision > 1,
        )

    def _device(self, stated: DeviceStated | None, site: str) -> tuple[str, str | None] | None:
        known = self._devices.get((stated, site)) if stated else None
        if stated is None or known is None:
            return None
        return str(known.machine_id or known.id), stated.station_name or stated.model


def _speaking(share: Share) -> list[str]:
    """Return the statements that speak for the events and totals of a share, each once."""
    exam = share.exam
    of_ct = [event.statements[0] for event in exam.ct.events] if exam.ct else []
    places = (
        *(one.places[0] for one in exam.projection),
        *(one.places[0] for one in exam.mammography),
        *(one.places[0] for one in exam.nuclear),
    )
    of_totals = [
        key for one in exam.totals for key in (one.statement, *(each.statement for each in one.addends)) if key
    ]
    return list(dict.fromkeys([*of_ct, *(place.statement for place in places), *of_totals]))


def _orders(
    session: Session, rows: Sequence[FoundExam], family: frozenset[UUID] | None
) -> dict[UUID, list[ImagingOrderRow]]:
    """Return the orders of each exam; one that is another patient's is not told of."""
    found: dict[UUID, list[ImagingOrderRow]] = {row.id: [] for row in rows}
    whose = {row.id: family or frozenset({row.patient_id}) for row in rows}
    for exam_id, order in fhir.orders_of(session, list(found)):
        if order.patient_id is None or order.patient_id in whose[exam_id]:
            found[exam_id].append(order)
    return found


def _worded(code: str | None, scheme: str | None, text: str | None) -> Worded | None:
    return Worded(code=code, scheme=scheme, text=text) if code or text else None
