"""From the body of a call to what is asked, and to the patient at the EHR's own server if the call brings none."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from pydantic import ValidationError

from api.auth.outgoing import AddressRefusedError, Outgoing, PeerFailedError
from api.cds_hooks.bodies import (
    CodingIn,
    ConceptIn,
    HookRequest,
    ObservationIn,
    PatientIn,
    SelectContextIn,
    ServiceRequestIn,
    SignContextIn,
)
from api.cds_hooks.settings import HookClient
from dose_core.errors import DoseError
from dose_core.observations.codes import observed_by, pregnancy_of
from dose_core.observations.values import ObservationState, Observed, Statement
from dose_core.orders.procedures import LOINC, Asked, Coding, ProcedureTable, system_of
from dose_services.hook_calls import Call, DraftOrder, Hook, StatedPatient
from dose_services.viewing import WantedIdentifier

_MOST_IDENTIFIERS = 20  # as in a search by REST
_FETCH_S = 0.3  # of the half second in which the EHR wants the whole answer
_SEXES = {"male": "M", "female": "F", "other": "O"}  # FHIR administrative-gender, as (0010,0040) has them
_COUNTING = frozenset({"final", "amended", "corrected"})  # FHIR R4, observation-status


class NoPatientDataError(DoseError):
    """The call brings no patient with identifiers, and there is no way to fetch one."""


def patient_of(request: HookRequest, client: HookClient, outgoing: Outgoing) -> PatientIn:
    """
    Return the patient: as the EHR fetched them beforehand, else from its server if the settings name that one.

    Raises:
        NoPatientDataError: there is none with identifiers.
    """
    patient = request.prefetch.patient
    if patient is None or not patient.identifier:
        patient = _fetched(request, client, outgoing)
    if patient is None or not patient.identifier:
        raise NoPatientDataError("send the patient with identifiers as prefetch 'patient', or access to your server")
    return patient


def call_of(request: HookRequest, patient: PatientIn, client: HookClient, *, procedures: ProcedureTable) -> Call:
    """Return what is asked; identifiers of systems that the settings do not name are left alone."""
    context = request.context
    requests = context.requests if isinstance(context, SignContextIn | SelectContextIn) else ()
    wanted = [
        WantedIdentifier(value=one.value, authority=client.authorities[one.system])
        for one in patient.identifier
        if one.value and one.system and one.system in client.authorities and one.use != "old"
    ]
    observations = request.prefetch.pregnancy.entry if request.prefetch.pregnancy else ()
    stated = [_statement(one.resource) for one in observations if isinstance(one.resource, ObservationIn)]
    return Call(
        hook=Hook(request.hook),
        instance=request.hook_instance,
        client=client.name,
        acting=context.user_id,
        patient=StatedPatient(
            identifiers=tuple(wanted[:_MOST_IDENTIFIERS]),
            birth_date=patient.born_on,
            sex=_SEXES.get(patient.gender or ""),
            pregnancies=tuple(one for one in stated if one is not None),
        ),
        orders=tuple(_order(one, procedures) for one in requests),
    )


def _fetched(request: HookRequest, client: HookClient, outgoing: Outgoing) -> PatientIn | None:
    grant = request.fhir_authorization
    if grant is None or client.fhir_server is None or (request.fhir_server or "").rstrip("/") != client.fhir_server:
        return None
    address = f"{client.fhir_server}/Patient/{request.context.patient_id}"
    sent = {"Authorization": f"Bearer {grant.access_token}", "Accept": "application/fhir+json"}
    try:
        answer = outgoing.ask("GET", address, headers=sent, timeout_s=_FETCH_S)
        if answer.status != 200:  # noqa: PLR2004 - OK
            return None
        patient = PatientIn.model_validate(answer.json())
    except (AddressRefusedError, PeerFailedError, ValidationError):
        return None
    return patient if patient.id in {None, request.context.patient_id} else None


def _order(request: ServiceRequestIn, procedures: ProcedureTable) -> DraftOrder:
    numbers = dict.fromkeys(filter(None, (request.id, *(one.value for one in request.identifier))))
    return DraftOrder(
        reference=f"ServiceRequest/{request.id}" if request.id else None,
        numbers=tuple(numbers),
        procedure=procedures.procedure(
            Asked(
                codings=_codings(request.code.coding),
                text=request.code.text,
                body_site=_codings(coding for site in request.body_site for coding in site.coding),
            )
        ),
    )


def _codings(codings: Iterable[CodingIn]) -> Sequence[Coding]:
    return tuple(Coding(system=one.system, code=one.code) for one in codings)


def _statement(observation: ObservationIn) -> Statement | None:
    """Return what an observation states of a pregnancy, ``None`` if it states nothing that can be used."""
    at = _moment(observation.effective)
    is_it = any(
        system_of(one.system) == LOINC and observed_by(one.code, "LN") is Observed.PREGNANCY
        for one in observation.code.coding
    )
    said = _said(observation.value)
    if at is None or not is_it or said is None or observation.status not in _COUNTING:
        return None
    return Statement(
        observed=Observed.PREGNANCY,
        state=ObservationState.VALID,
        observed_at=at,
        stated_at=at,
        pregnancy=pregnancy_of(said),
    )


def _said(value: ConceptIn | None) -> tuple[str, ...] | None:
    if value is None:
        return None
    said = tuple(filter(None, (*(word for one in value.coding for word in (one.code, one.display)), value.text)))
    return said if pregnancy_of(said) is not None else None


def _moment(text: str | None, zone: tzinfo = UTC) -> datetime | None:
    """Return a FHIR dateTime; a day is its first moment, and a month or year alone tells too little."""
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return at.replace(tzinfo=zone) if at is not None and at.tzinfo is None else at
