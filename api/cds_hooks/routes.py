"""CDS Hooks 2.0: discovery, the service, and feedback; each call with a token of its own."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from api.cds_hooks import asking
from api.cds_hooks.bodies import FeedbacksIn, HookRequest
from api.cds_hooks.cards import Look, cards_of
from api.cds_hooks.principals import HookCallerDep
from api.cds_hooks.settings import HookClient
from api.cds_hooks.words import Words
from api.deps import NowDep, RouteDep, SessionDep, SettingsDep, SiteDep, route_template
from api.settings import ApiSettings
from dose_core.errors import DoseError
from dose_services import hook_advice, hook_clients, hook_feedback
from dose_services.hook_calls import Hook, Rules
from dose_services.hook_clients import HookPerson
from dose_services.hook_values import Feedback
from dose_services.site import Site

router = APIRouter(prefix="/cds-services", tags=["cds-hooks"])

SERVICE_ID = "radiation-dose-advice"
_SMART = "/launch/smart"
_PREFETCH = {
    "patient": "Patient/{{context.patientId}}",
    "pregnancy": "Observation?patient={{context.patientId}}&code=http://loinc.org|82810-3&_sort=-date&_count=5",
}
_ABOUT = {
    Hook.PATIENT_VIEW: "Exams with radiation of the last days, and skin that is to be looked at",
    Hook.ORDER_SELECT: "Prior similar exams, pregnancy, and skin that is to be looked at",
    Hook.ORDER_SIGN: "Prior similar exams, pregnancy, and skin that is to be looked at",
}
ServiceId = Annotated[str, Path(max_length=100)]


class UnknownHookServiceError(DoseError):
    """There is no service of this id; see ``GET /cds-services``."""


@router.get("", summary="Which services there are")
def discover(_: HookCallerDep) -> dict[str, Any]:
    """Return the service, once for each hook: the same id, so that a later hook renews what an earlier one said."""
    services = [
        {
            "hook": hook.value,
            "title": "DoseLedger: advice on radiation",
            "description": about,
            "id": SERVICE_ID,
            "prefetch": dict(_PREFETCH) if hook is not Hook.PATIENT_VIEW else {"patient": _PREFETCH["patient"]},
        }
        for hook, about in _ABOUT.items()
    ]
    return {"services": services}


@router.post("/{service_id}", summary="Advice for what somebody does in the EHR")
def advise(
    service_id: ServiceId,
    body: HookRequest,
    caller: HookCallerDep,
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    site: SiteDep,
    now: NowDep,
) -> dict[str, Any]:
    """
    Return cards: a prior similar exam first, then a pregnancy, then skin that is to be looked at.

    Nothing is critical, and no card holds anybody up. Who is unknown here, for whatever reason, has no cards.
    """
    _check_service(service_id)
    patient = asking.patient_of(body, caller.client, request.app.state.hook_outgoing)
    call = asking.call_of(body, patient, caller.client, procedures=settings.hooks.procedures)
    access = hook_clients.access_of_client(session, caller.client.name, now=now)
    person = HookPerson(client=caller.client.name, acting=call.acting, instance=call.instance)
    looker = hook_clients.looker(person, access, route=route_template(request))
    given = hook_advice.advise(session, call, rules=_rules(settings, site), looker=looker, now=now)
    return cards_of(given, _look(settings, site, caller.client))


@router.post("/{service_id}/feedback", summary="What somebody did about a card", response_class=Response)
def take_feedback(
    service_id: ServiceId, body: FeedbacksIn, caller: HookCallerDep, route: RouteDep, session: SessionDep, now: NowDep
) -> Response:
    """Keep what somebody did about cards, beside the order. Safe to repeat."""
    _check_service(service_id)
    access = hook_clients.access_of_client(session, caller.client.name, now=now)
    person = HookPerson(client=caller.client.name, acting=None, instance=None)
    told = [
        Feedback(
            card_id=one.card,
            outcome=one.outcome,
            reason=one.override.reason.model_dump(exclude_none=True) if one.override and one.override.reason else None,
            comment=(one.override.user_comment or "") if one.override else "",
            accepted=tuple(accepted.id for accepted in one.accepted),
            at=one.at,
        )
        for one in body.feedback
    ]
    looker = hook_clients.looker(person, access, route=route)
    hook_feedback.keep(session, told, client=caller.client.name, looker=looker, now=now)
    return Response(status_code=200)


def _check_service(service_id: str) -> None:
    if service_id != SERVICE_ID:
        raise UnknownHookServiceError("there is no such service; GET /cds-services names those that there are")


def _rules(settings: ApiSettings, site: Site) -> Rules:
    hooks = settings.hooks
    return Rules(
        links=hooks.links,
        timezone=site.timezone,
        prior_within=hooks.prior_within,
        asked_from_years=hooks.asked_from_years,
        asked_to_years=hooks.asked_to_years,
    )


def _look(settings: ApiSettings, site: Site, client: HookClient) -> Look:
    launches = client.fhir_server is not None and client.fhir_server in settings.launch.issuers
    return Look(
        words=Words(settings.hooks.language),
        timezone=site.timezone,
        address=settings.address("/"),
        smart_launch_url=settings.address(_SMART) if launches else None,
    )
