"""Searches by FHIR for what is told of exams; every patient whose data are in the answer is on record."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from db.repositories import fhir
from db.repositories.fhir import WantedExams
from db.session import Session
from dose_core.fhir.asked import BadSearchError, Token
from dose_core.fhir.queries import MOST, Place, Query
from dose_core.fhir.studies import imaging_study
from dose_core.fhir.terms import DOSE_SUMMARY, PREGNANCY_STATUS, Json
from dose_core.ledger.standing import Standing
from dose_services import devices, fhir_gathering, fhir_people, viewing
from dose_services.audit import Action, Looker, record_look
from dose_services.devices import UnknownDeviceError
from dose_services.fhir_gathering import Gathered
from dose_services.launch import UnknownPatientError
from dose_services.site import Site
from dose_services.viewing import UnknownExamError

# A part of a study begins after its first one: an exam is looked at if it began at most so long before what is asked.
_LONGEST_STUDY = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """
    A page of what was found; ``total`` where it is known. ``patient_id`` is whom identifiers named.

    ``ids`` name what is on the pages after it, where what was asked for may stand in no address.
    """

    resources: tuple[Json, ...] = ()
    following: Place | None = None
    total: int | None = None
    patient_id: UUID | None = None
    ids: tuple[str, ...] = ()


NOTHING = Page(total=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exams:
    """
    Exams to look at, from where the page begins, and all who are one with their patient if they are of one.

    ``beyond`` is the exam after these, where there are more that were not looked for.
    """

    ids: Sequence[UUID]
    family: frozenset[UUID] | None
    beyond: UUID | None = None
    is_audited: bool = True


def search(session: Session, query: Query, *, site: Site, looker: Looker, now: datetime) -> Page:
    """
    Return a page of observations, studies or reports.

    Raises:
        BadSearchError: the search names neither a patient, nor a study, nor dose summaries alone.
    """
    patient_id = query.patient_id
    if query.of_identified and not query.is_in_vain:
        found = viewing.search_patients(session, fhir_people.wanted(query.of_identified), looker=looker, now=now)
        if len(found) != 1 or (patient_id is not None and patient_id not in found[0].family):
            return NOTHING
        patient_id = found[0].id
    if query.is_in_vain:
        record_look(session, looker, Action.FIND_EXAM, now=now)
        return NOTHING
    if patient_id is not None:
        exams = _of_patient(session, patient_id, query, looker=looker, now=now)
    elif (named := _named(session, query)) is not None:
        return _each(session, query, named, site=site, looker=looker, now=now)
    else:
        exams = _of_all(session, query, looker=looker)
    page = _page(session, query, exams, site=site, patient_id=patient_id)
    if not exams.is_audited:
        _record(session, page, looker=looker, now=now)
    return page


def selected(query: Query, gathered: Gathered, device_ids: frozenset[str] | None) -> list[Json]:
    """Return the resources of an exam that a search asks for."""
    of_kind: dict[str, Callable[[], list[Json]]] = {
        "Observation": lambda: [one.resource for one in gathered.observations],
        "ImagingStudy": lambda: [imaging_study(gathered.study)],
        "Composition": lambda: [gathered.report.resource],
    }
    return [one for one in of_kind[query.kind]() if _fits(query, one, device_ids)]


def _fits(query: Query, one: Json, device_ids: frozenset[str] | None) -> bool:
    codes = [(each["code"], each["system"]) for each in one.get("code", {}).get("coding", ())]
    at = one.get("effectiveDateTime") or one.get("date")
    uids = [each["value"].removeprefix("urn:oid:") for each in one.get("identifier", ())]
    numbers = {*query.uids, *(asked.value for asked in query.identifiers)}
    of_device = one.get("device", {}).get("reference", "").rpartition("/")[2]
    return (
        (not query.ids or one["id"] in query.ids)
        and (not query.codes or any(asked.fits(*code) for asked in query.codes for code in codes))
        and (query.kind == "ImagingStudy" or query.period.holds(datetime.fromisoformat(at) if at else None))
        and (not (query.uids or query.identifiers) or any(uid in numbers for uid in uids))
        and (device_ids is None or of_device in device_ids)
    )


def _of_patient(session: Session, patient_id: UUID, query: Query, *, looker: Looker, now: datetime) -> _Exams:
    try:
        history = viewing.look_at_history(session, patient_id, looker=looker, now=now)
    except UnknownPatientError:
        record_look(session, looker, Action.FIND_EXAM, now=now)
        return _Exams(ids=(), family=None)
    named = _named(session, query)
    ids = [
        one.id
        for one in history.exams
        if (named is None or one.id in named)
        and (query.period.until is None or one.started_at is None or one.started_at < query.period.until)
    ]
    if query.place is not None:
        ids = ids[ids.index(query.place.exam_id) :] if query.place.exam_id in ids else []
    return _Exams(ids=ids, family=history.patient.family)


def _named(session: Session, query: Query) -> list[UUID] | None:
    """Return the exams that a search names by ids or UIDs, ``None`` if it names none."""
    asked: list[set[UUID]] = []
    if query.ids:
        asked.append({id_ for one in query.ids if (id_ := fhir_gathering.exam_id_of(one)) is not None})
    if query.study_id is not None:
        asked.append({query.study_id})
    if query.uids or query.identifiers:
        by_uid = {id_ for uid in query.uids for id_ in fhir.exams_of_uid(session, uid)}
        asked.append(by_uid | {id_ for one in query.identifiers for id_ in fhir.exams_of_accession(session, one.value)})
    return sorted(set.intersection(*asked)) if asked else None


def _each(
    session: Session, query: Query, exam_ids: Sequence[UUID], *, site: Site, looker: Looker, now: datetime
) -> Page:
    """Return what is asked of a few exams, maybe of several patients; none beyond the page is looked at."""
    seen = _seen(session, query, exam_ids, looker=looker)
    if not seen:
        record_look(session, looker, Action.FIND_EXAM, now=now)
        return NOTHING
    device_ids = _device_ids(session, query)
    taken: list[tuple[Place, Json]] = []
    unseen = list(seen)
    while unseen and len(taken) < query.count:
        gathered = look_at_exam(session, unseen[0], query=query, site=site, looker=looker, now=now)
        for number, one in enumerate(selected(query, gathered, device_ids) if gathered else ()):
            place = Place(exam_id=unseen[0], skip=number)
            if _is_from(query.place, place):
                taken.append((place, one))
        unseen.pop(0)
    shown, left = taken[: query.count], taken[query.count :]
    following = left[0][0] if left else Place(exam_id=unseen[0], skip=0) if unseen else None
    return Page(
        resources=tuple(one for _, one in shown),
        following=following,
        total=len(shown) if query.place is None and following is None else None,
        ids=_ids(query, seen, following),
    )


def _seen(session: Session, query: Query, exam_ids: Sequence[UUID], *, looker: Looker) -> list[UUID]:
    """Return those of these exams that count and that the looker may see, from where the page begins."""
    since = query.place.exam_id if query.place else None
    has_restricted = looker.break_glass is not None
    wanted = WantedExams(exam_ids=exam_ids, from_id=since, reach=looker.sight, has_restricted=has_restricted)
    return fhir.page(session, wanted, limit=len(exam_ids)) if exam_ids else []


def _is_from(begin: Place | None, place: Place) -> bool:
    return begin is None or place.exam_id != begin.exam_id or place.skip >= begin.skip


def _ids(query: Query, exam_ids: Sequence[UUID], following: Place | None) -> tuple[str, ...]:
    """
    Return the exams of the pages that follow, if accession numbers named them, which stand in no address.

    Raises:
        BadSearchError: an address cannot name so many.
    """
    if following is None or not query.identifiers:
        return ()
    left = exam_ids[exam_ids.index(following.exam_id) :]
    if len(left) > MOST:
        msg = f"the identifiers name more than {MOST} studies; ask for fewer"
        raise BadSearchError(msg)
    return tuple(map(str, left))


def look_at_exam(
    session: Session, exam_id: UUID, *, query: Query | None = None, site: Site, looker: Looker, now: datetime
) -> Gathered | None:
    """Return one exam with its resources; ``None`` if it does not count, or if the looker may not see it."""
    try:
        detail, patient = viewing.see_exam(session, exam_id, looker=looker, now=now)
    except UnknownExamError:
        record_look(session, looker, Action.FIND_EXAM, now=now)
        return None
    if detail.summary.state is not Standing.COUNTED:
        return None
    asks = query is None or _asks_for_pregnancies(query)
    family = patient.family
    return next(iter(fhir_gathering.gather(session, [exam_id], site=site, family=family, with_pregnancies=asks)), None)


def _of_all(session: Session, query: Query, *, looker: Looker) -> _Exams:
    is_of_summaries = [one.value for one in query.codes] == [DOSE_SUMMARY.code]
    if query.kind != "Observation" or not is_of_summaries:
        summaries = f"code={DOSE_SUMMARY.system}|{DOSE_SUMMARY.code}"
        msg = f"{query.kind} is searched for a patient, a study or an id; of all patients by {summaries} alone"
        raise BadSearchError(msg)
    since = query.period.since - _LONGEST_STUDY if query.period.since else None
    wanted = WantedExams(
        device_ids=None if query.device_id is None else _rows_of(session, query.device_id),
        since=since,
        until=query.period.until,
        from_id=query.place.exam_id if query.place else None,
        reach=looker.reach,
    )
    found = fhir.page(session, wanted, limit=query.count + 1)
    beyond = found.pop() if len(found) > query.count else None
    # To see a restricted patient is a look at that patient: nobody comes upon one among others.
    return _Exams(ids=found, family=None, beyond=beyond, is_audited=False)


def _page(session: Session, query: Query, exams: _Exams, *, site: Site, patient_id: UUID | None) -> Page:
    """Return the first resources of these exams, each of which has at least one as a rule."""
    device_ids = _device_ids(session, query)
    taken: list[tuple[Place, Json]] = []
    position, is_more = 0, True
    while is_more and len(taken) <= query.count:
        some = exams.ids[position : position + query.count + 1]
        for place, one in _places(session, query, some, exams.family, site=site, device_ids=device_ids):
            if _is_from(query.place, place):
                taken.append((place, one))
        position += len(some)
        is_more = bool(some) and position < len(exams.ids)
    shown, left = taken[: query.count], taken[query.count :]
    is_all = query.place is None and not left and exams.is_audited
    following = left[0][0] if left else Place(exam_id=exams.beyond, skip=0) if exams.beyond else None
    return Page(
        resources=tuple(one for _, one in shown),
        following=following,
        total=len(shown) if is_all else None,
        patient_id=patient_id,
        ids=_ids(query, exams.ids, following),
    )


def _places(
    session: Session,
    query: Query,
    exam_ids: Sequence[UUID],
    family: frozenset[UUID] | None,
    *,
    site: Site,
    device_ids: frozenset[str] | None,
) -> Iterator[tuple[Place, Json]]:
    asks = _asks_for_pregnancies(query)
    for gathered in fhir_gathering.gather(session, exam_ids, site=site, family=family, with_pregnancies=asks):
        for number, one in enumerate(selected(query, gathered, device_ids)):
            yield Place(exam_id=gathered.row.id, skip=number), one


def _asks_for_pregnancies(query: Query) -> bool:
    is_asked = not query.codes or any(
        asked.fits(PREGNANCY_STATUS.code, PREGNANCY_STATUS.system) for asked in query.codes
    )
    return query.kind == "Composition" or (query.kind == "Observation" and is_asked)


def _rows_of(session: Session, device_id: UUID) -> list[UUID]:
    try:
        return [row.id for row in devices.rows_of(session, device_id)]
    except UnknownDeviceError:
        return []


def _device_ids(session: Session, query: Query) -> frozenset[str] | None:
    return frozenset(map(str, _rows_of(session, query.device_id))) if query.device_id is not None else None


def _record(session: Session, page: Page, *, looker: Looker, now: datetime) -> None:
    """Record a look at each exam of a page of several patients; a search that finds nothing is recorded too."""
    seen = {
        fhir_gathering.exam_id_of(one["id"]): UUID(one["subject"]["reference"].rpartition("/")[2])
        for one in page.resources
    }
    for exam_id, patient_id in seen.items():
        record_look(session, looker, Action.FIND_EXAM, now=now, patient_id=patient_id, exam_id=exam_id)
    if not seen:
        record_look(session, looker, Action.FIND_EXAM, now=now)


def any_fits(asked: Sequence[Token], value: str, system: str | None) -> bool:
    """Tell if a value is asked for; everything is where nothing is asked."""
    return not asked or any(one.fits(value, system) for one in asked)
