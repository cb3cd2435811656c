"""
Orders without dose and doses without order: told anew now and then, since it is time that tells them.

The quiet time of the site is the time that both may take; the other limits are ours.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from db.repositories import findings, order_lists
from db.session import Session
from dose_core.orders.modality import IRRADIATING, ModalityKind, names_of
from dose_services.finding_kinds import FindingKind
from dose_services.site import Site

# What nobody missed for three months is not told when a feed of orders begins.
LOOKED_BACK = timedelta(days=90)
# Longer than a holiday: who sends no order in it sends none.
_HABIT = timedelta(days=30)


class Cause(StrEnum):
    """Why an order has no dose, as far as it can be told."""

    NO_DOSE_STATED = "no_dose_stated"
    NO_DOSE_OBJECT = "no_dose_object"
    SILENT_STATION = "silent_station"
    NO_OBJECT = "no_object"


CAUSES = {
    Cause.NO_DOSE_STATED: "its objects came, and none states a dose",
    Cause.NO_DOSE_OBJECT: "objects of its study came, and none of them makes an exam",
    Cause.SILENT_STATION: "no object of the station on which it was planned has ever come",
    Cause.NO_OBJECT: "no object of it came",
}


def watch(session: Session, *, now: datetime, site: Site) -> None:
    """Bring the findings about orders without dose and doses without order up to date. Safe to repeat."""
    told = {
        order_id: f"completed, and has no dose: {CAUSES[cause]}"
        for order_id, cause in missing(session, now=now, site=site).items()
    }
    findings.settle_subjects(session, kind=FindingKind.ORDER_WITHOUT_DOSE, told=told, are_exams=False, now=now)
    alone = order_lists.without_order(
        session,
        kinds={kind.value: names_of(kind) for kind in ModalityKind},
        before=now - timedelta(seconds=site.quiet_time_s),
        since=now - LOOKED_BACK,
        habit=_HABIT,
        kind=FindingKind.DOSE_WITHOUT_ORDER,
    )
    told = {exam_id: f"no order is found for it, and orders for {kind} are sent" for exam_id, kind in alone.items()}
    findings.settle_subjects(session, kind=FindingKind.DOSE_WITHOUT_ORDER, told=told, are_exams=True, now=now)


def missing(session: Session, *, now: datetime, site: Site, order_ids: list[UUID] | None = None) -> dict[UUID, Cause]:
    """Return the orders that were completed longer ago than the quiet time and have no dose, with the cause."""
    found = order_lists.without_dose(
        session,
        irradiating=IRRADIATING,
        before=now - timedelta(seconds=site.quiet_time_s),
        since=now - LOOKED_BACK,
        kind=FindingKind.ORDER_WITHOUT_DOSE,
        order_ids=order_ids,
    )
    return {order_id: Cause(cause) for order_id, cause in found.items()}
