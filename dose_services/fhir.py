"""What other systems read by FHIR: one resource, or a page of a search."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from db.repositories import fhir as rows
from db.session import Session
from dose_core.errors import DoseError
from dose_core.fhir.asked import BadSearchError, uuid_or_none
from dose_core.fhir.queries import READ_ALONE, SEARCHES, Place, Query
from dose_core.fhir.studies import imaging_study, service_request
from dose_core.fhir.terms import CONFORMANCE_TAG, Json
from dose_services import fhir_devices, fhir_people, fhir_searching
from dose_services.audit import Action, Looker, record_look
from dose_services.devices import UnknownDeviceError
from dose_services.fhir_gathering import Gathered, exam_id_of
from dose_services.fhir_searching import Page, any_fits, look_at_exam
from dose_services.launch import UnknownPatientError
from dose_services.site import Site

KINDS = frozenset((*SEARCHES, READ_ALONE))


class UnknownResourceError(DoseError):
    """There is no resource of this type and id, or none that the caller may see."""


def read(session: Session, kind: str, id_: str, *, site: Site, looker: Looker, now: datetime) -> Json:
    """
    Return one resource; the look is recorded.

    Raises:
        UnknownResourceError: there is none of this type and id, or none that the looker may see; the text does not say
            which.
    """
    found: Json | None = None
    if kind == READ_ALONE:
        found = _service_request(session, id_, site=site, looker=looker, now=now)
    elif kind in {"Patient", "Device"}:
        found = _by_our_id(session, kind, uuid_or_none(id_), looker=looker, now=now)
    elif (exam_id := exam_id_of(id_)) is not None and kind != "Practitioner":
        gathered = look_at_exam(session, exam_id, site=site, looker=looker, now=now)
        found = next((one for one in _resources(kind, gathered) if one["id"] == id_), None) if gathered else None
    if found is None:
        raise UnknownResourceError("no resource of this type has this id")
    return found


def search(session: Session, query: Query, *, site: Site, looker: Looker, now: datetime) -> Page:
    """
    Return a page of a search; the looks are recorded.

    Raises:
        BadSearchError: the search asks for nothing that would bound it.
    """
    match query.kind:
        case "Patient":
            return _patients(session, query, looker=looker, now=now)
        case "Practitioner":
            # Who authorised an irradiation is contained in its summary, by name alone: there is no directory here.
            return fhir_searching.NOTHING
        case "Device":
            return _devices(session, query, looker=looker)
        case _:
            return fhir_searching.search(session, query, site=site, looker=looker, now=now)


def _by_our_id(session: Session, kind: str, id_: UUID | None, *, looker: Looker, now: datetime) -> Json | None:
    if id_ is None:
        return None
    try:
        if kind == "Device":
            return fhir_devices.one(session, id_, looker=looker).resource
        return fhir_people.look_at(session, id_, looker=looker, now=now)
    except (UnknownDeviceError, UnknownPatientError):
        return None


def _resources(kind: str, gathered: Gathered) -> list[Json]:
    if kind == "ImagingStudy":
        return [imaging_study(gathered.study)]
    return [one.resource for one in ([gathered.report] if kind == "Composition" else gathered.observations)]


def _service_request(session: Session, id_: str, *, site: Site, looker: Looker, now: datetime) -> Json | None:
    """Return an order that an exam was made for which the looker may see; of others nothing is told."""
    order_id = uuid_or_none(id_)
    for exam_id in rows.exams_of_order(session, order_id) if order_id else []:
        gathered = look_at_exam(session, exam_id, site=site, looker=looker, now=now)
        for request in gathered.requests if gathered else ():
            if request.id == id_:
                return service_request(request)
    return None


def _patients(session: Session, query: Query, *, looker: Looker, now: datetime) -> Page:
    if query.texts and not query.identifiers:
        return _named(session, query, looker=looker, now=now)
    if not query.ids and not query.identifiers:
        raise BadSearchError("patients are searched by identifier or name (POST Patient/_search), or by _id")
    if query.texts:
        raise BadSearchError("a search by identifier needs no name")
    if query.identifiers:
        found = fhir_people.search(session, query.identifiers, looker=looker, now=now)
        found = [one for one in found if not query.ids or one["id"] in query.ids]
    else:
        read_ = (_by_our_id(session, "Patient", uuid_or_none(id_), looker=looker, now=now) for id_ in query.ids)
        found = [one for one in read_ if one is not None]
    if not found:
        record_look(session, looker, Action.SEARCH_PATIENT, now=now)
    return _by_id(found, query)


def _by_id(found: Iterable[Json], query: Query) -> Page:
    """Return the page of what was found, each once and in the order of the ids, which are UUIDs of ours."""
    ordered = sorted({one["id"]: one for one in found}.items())
    since = str(query.place.exam_id) if query.place else ""
    ahead = [(id_, one) for id_, one in ordered if id_ >= since]
    beyond = ahead[query.count][0] if len(ahead) > query.count else None
    return Page(
        resources=tuple(one for _, one in ahead[: query.count]),
        following=Place(exam_id=UUID(beyond), skip=0) if beyond else None,
        total=len(ordered),
        ids=tuple(id_ for id_, _ in ordered) if query.identifiers and query.kind == "Patient" else (),
    )


def _named(session: Session, query: Query, *, looker: Looker, now: datetime) -> Page:
    family, given = (query.texts.get(name, "").strip() for name in ("family", "given"))
    if not family:
        raise BadSearchError("'family' is needed, at least its first letters")
    found = fhir_people.search_by_name(session, family=family, given=given, limit=query.count, looker=looker, now=now)
    found = [one for one in found if not query.ids or one["id"] in query.ids]
    if not found:
        record_look(session, looker, Action.SEARCH_PATIENT, now=now)
    return Page(resources=tuple(found), total=len(found))


def _devices(session: Session, query: Query, *, looker: Looker) -> Page:
    """Return the machines that fit, in the order of their ids; all are looked at, since a site has few."""
    found = []
    for one in fhir_devices.every(session, looker=looker):
        resource = one.resource
        identifiers = [each["value"] for each in resource.get("identifier", ()) if "value" in each]
        maker = query.texts.get("manufacturer", "").casefold()
        types = [(each["code"], each["system"]) for each in resource["type"].get("coding", ())]
        tags = [(each["code"], CONFORMANCE_TAG) for each in resource["meta"].get("tag", ())]
        if (
            (not query.ids or resource["id"] in query.ids)
            and (not query.identifiers or any(any_fits(query.identifiers, value, None) for value in identifiers))
            and (not query.types or any(any_fits(query.types, *type_) for type_ in types))
            and (not query.tags or any(any_fits(query.tags, *tag) for tag in tags))
            and resource.get("manufacturer", "").casefold().startswith(maker)
        ):
            found.append(resource)
    return _by_id(found, query)
