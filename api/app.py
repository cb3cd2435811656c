"""The application: routes, errors and the doorway around them."""

from importlib.metadata import version

from fastapi import FastAPI

from api.auth.outgoing import Outgoing
from api.cds_hooks import routes as cds_hooks
from api.cds_hooks.cors import HookOrigins
from api.cds_hooks.keys import keys_of
from api.errors import add_error_handlers
from api.fhir import routes as fhir
from api.fhir.outcomes import Outcomes
from api.launch import display_door, signed_door, smart_door
from api.launch.smart import Ehrs
from api.limits import Limits
from api.metrics import Metrics
from api.middleware import Doorway
from api.routes import (
    about,
    access,
    audit,
    break_glass,
    deletions,
    desk,
    destinations,
    devices,
    effective_dose,
    exams,
    findings,
    forwarding,
    health,
    identity,
    instances,
    launch,
    localisers,
    manual,
    oauth,
    orders,
    outbound,
    patients,
    placeholders,
    prior_similar,
    publications,
    restriction,
    series,
    sign_in,
    single_sign_on,
    skin,
    skin_reactions,
    values,
    views,
)
from api.settings import ApiSettings
from db.session import Engine
from dose_services.site import Site

_ROOMS = (
    instances,
    series,
    deletions,
    placeholders,
    patients,
    prior_similar,
    cds_hooks,
    exams,
    skin,
    skin_reactions,
    values,
    effective_dose,
    manual,
    restriction,
    identity,
    desk,
    orders,
    findings,
    outbound,
    publications,
    forwarding,
    destinations,
    devices,
    access,
    localisers,
    audit,
    launch,
    signed_door,
    smart_door,
    display_door,
    views,
    sign_in,
    single_sign_on,
    oauth,
    break_glass,
    fhir,
    health,
    about,
)
_DESCRIPTION = (
    "Radiation dose in the PACS and RIS: evidence kept, counted once, every number explained. "
    "For quality assurance and record keeping; not a medical device; not for diagnosis or therapy decisions."
)


def create_app(engine: Engine, settings: ApiSettings, site: Site) -> FastAPI:
    """Return the application on this database. Errors are problem details (RFC 9457)."""
    metrics = Metrics(engine)
    app = FastAPI(
        title="DoseLedger",
        version=version("doseledger"),
        description=_DESCRIPTION,
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # its address would be made from the caller's Host header
    )
    app.state.engine = engine
    app.state.settings = settings
    app.state.site = site
    app.state.metrics = metrics
    app.state.hook_outgoing = Outgoing(settings.hooks.outgoing)
    app.state.hook_keys = keys_of(settings.hooks.clients, app.state.hook_outgoing)
    app.state.ehrs = Ehrs(settings.launch)
    for room in _ROOMS:
        app.include_router(room.router)
    add_error_handlers(app)
    app.add_middleware(Limits)
    app.add_middleware(HookOrigins, origins=settings.hooks.origins)
    app.add_middleware(Doorway, settings=settings, metrics=metrics)
    app.add_middleware(Outcomes)
    return app
