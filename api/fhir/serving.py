"""One read or search, however it was asked: by an address, a form, or an entry of a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api.auth.principals import NotPermittedError, ReadPrincipal, looker_by
from api.fhir.outcomes import PREFIX
from api.settings import ApiSettings
from db.session import Session
from dose_core.fhir.asked import BadSearchError, uuid_or_none
from dose_core.fhir.bundles import found
from dose_core.fhir.queries import query_of
from dose_core.fhir.terms import Json
from dose_services import fhir, fhir_cumulative
from dose_services.audit import Looker
from dose_services.cumulative_dose import period_of
from dose_services.fhir import UnknownResourceError
from dose_services.roles import Permission
from dose_services.site import Site

DEVICE = "Device"
CUMULATIVE_DOSE = "$cumulative-dose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who asks, when, and what answers."""

    session: Session
    principal: ReadPrincipal
    settings: ApiSettings
    site: Site
    now: datetime

    @property
    def base(self) -> str:
        """The address of the service, without a closing slash."""
        return self.settings.address(PREFIX)


def read(desk: Desk, kind: str, id_: str) -> Json:
    """
    Return one resource.

    Raises:
        UnknownResourceError: there is none of this type and id, or none that the caller may see.
        NotPermittedError: no role of the caller allows it.
    """
    _check(desk, kind)
    return fhir.read(desk.session, kind, id_, site=desk.site, looker=_looker(desk, kind), now=desk.now)


def search(desk: Desk, kind: str, parameters: Sequence[tuple[str, str]], *, in_body: bool) -> Json:
    """
    Return a page of a search.

    Raises:
        BadSearchError: it cannot be answered as it is asked.
    """
    _check(desk, kind)
    query = query_of(kind, parameters, in_body=in_body, zone=desk.site.timezone)
    page = fhir.search(desk.session, query, site=desk.site, looker=_looker(desk, query.kind), now=desk.now)
    asked = query.address(patient_id=page.patient_id)
    following = None
    if page.following:
        following = query.address(patient_id=page.patient_id, place=page.following, ids=page.ids)
    return found(desk.base, page.resources, asked=asked, following=following, total=page.total)


def cumulative_dose(desk: Desk, id_: str, parameters: Sequence[tuple[str, str]]) -> Json:
    """
    Return what a patient's exams add up to, from ``from`` on and before ``until``.

    Raises:
        UnknownPatientError: no patient has this id, or none whom the caller may see.
        BadSearchError: a parameter is not known, or is no date.
    """
    patient_id = uuid_or_none(id_)
    if patient_id is None:
        raise UnknownResourceError("no patient has this id")
    asked: dict[str, date | datetime | None] = {"from": None, "until": None}
    for name, text in parameters:
        if name == "_format":
            continue
        if name not in asked:
            raise BadSearchError("the parameters are 'from' and 'until'")
        asked[name] = _moment(name, text)
    period = period_of(asked["from"], asked["until"], desk.site.timezone)
    looker = desk.principal.looker
    return fhir_cumulative.cumulative_dose(desk.session, patient_id, period=period, looker=looker, now=desk.now)


def _check(desk: Desk, kind: str) -> None:
    if kind not in fhir.KINDS:
        raise UnknownResourceError("there is no resource of this type here; see /fhir/metadata")
    if kind == DEVICE and not desk.principal.rights.may(Permission.READ_DEVICES):
        msg = f"no role of the caller allows '{Permission.READ_DEVICES}'"
        raise NotPermittedError(msg, desk.principal.looker)


def _looker(desk: Desk, kind: str) -> Looker:
    """Return who looks: at devices as far as their duty with devices reaches, by whatever door they came."""
    principal = desk.principal
    return (
        looker_by(principal.looker, principal.rights, Permission.READ_DEVICES) if kind == DEVICE else principal.looker
    )


def _moment(name: str, text: str) -> date | datetime:
    try:
        moment = datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        moment = date.min
    if not date.min.year < moment.year < date.max.year:  # whose ends have no instant everywhere
        msg = f"'{name}' is no date; write it like 2020-01-31 or 2020-01-31T08:00:00Z"
        raise BadSearchError(msg)
    return moment
