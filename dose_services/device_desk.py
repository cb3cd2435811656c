"""What operators decide where the keys of devices mislead: merge and split, each on record and taken back at will."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from db.reaching import Reach
from db.repositories import device_decisions
from db.session import Session
from dose_core.errors import DoseError
from dose_services import device_resolving, reaching
from dose_services.devices import DeviceDetail, device_detail, rows_of


class DeviceDecisionRefusedError(DoseError):
    """The decision does not fit the devices as they stand; nothing was changed."""


def merge(
    session: Session,
    device_id: UUID,
    other_id: UUID,
    *,
    by: str,
    comment: str,
    reach: Reach | None = None,
    now: datetime,
) -> DeviceDetail:
    """
    Decide that two devices are one machine, and return it. Safe to repeat.

    Raises:
        UnknownDeviceError: no device has one of the ids.
        DeviceDecisionRefusedError: they are of two sites.
    """
    one, other = (rows_of(session, each, reach=reach)[0] for each in (device_id, other_id))
    if one.site != other.site:
        raise DeviceDecisionRefusedError("the two devices are of two sites, whose devices stay apart")
    device_resolving.lock(session, one.site)
    if rows_of(session, device_id)[0].id != rows_of(session, other_id)[0].id:
        ids = [device_id, other_id]
        _decide(session, "merged", one.site, ids, by=by, comment=comment, now=now)
    return device_detail(session, device_id)


def split(
    session: Session,
    device_id: UUID,
    appearance_ids: Sequence[UUID],
    *,
    by: str,
    comment: str,
    reach: Reach | None = None,
    now: datetime,
) -> DeviceDetail:
    """
    Decide that some appearances of a device are another machine, and return that one.

    Raises:
        UnknownDeviceError: no device has this id.
        DeviceDecisionRefusedError: an appearance is not of this device, or none would be left to it.
    """
    device_resolving.lock(session, rows_of(session, device_id, reach=reach)[0].site)
    rows = rows_of(session, device_id)
    ids, leaving = {row.id for row in rows}, set(appearance_ids)
    if not leaving or not leaving <= ids:
        raise DeviceDecisionRefusedError("name appearances of this device; its own page lists them")
    if leaving == ids:
        raise DeviceDecisionRefusedError("these are all appearances of this device; leave it at least one")
    _decide(session, "split", rows[0].site, sorted(leaving), by=by, comment=comment, now=now)
    return device_detail(session, min(leaving))


def withdraw(
    session: Session, number: int, *, by: str, comment: str, reach: Reach | None = None, now: datetime
) -> DeviceDetail:
    """
    Take a decision back, and return the machine of the first appearance that it named. Safe to repeat.

    Raises:
        DeviceDecisionRefusedError: no merge and no split has this number.
    """
    decision = device_decisions.get(session, number)
    ids = [UUID(one) for one in decision.device_ids] if decision else []
    is_seen = reaching.devices_within(session, ids, reach) == set(ids)
    if decision is None or decision.kind == "withdrawn" or not is_seen:
        msg = f"no merge and no split has the number {number}"
        raise DeviceDecisionRefusedError(msg)
    device_resolving.lock(session, decision.site)
    if any(one.id == number for one in device_decisions.standing(session, decision.site)):
        _decide(session, "withdrawn", decision.site, ids, by=by, comment=comment, now=now, withdraws=number)
    return device_detail(session, ids[0])


def _decide(
    session: Session,
    kind: str,
    site: str,
    device_ids: Sequence[UUID],
    *,
    by: str,
    comment: str,
    now: datetime,
    withdraws: int | None = None,
) -> None:
    device_decisions.add(
        session,
        kind=kind,
        site=site,
        device_ids=device_ids,
        decided_by=by,
        decided_at=now,
        comment=comment,
        withdraws=withdraws,
    )
    device_resolving.regroup(session, site, now=now)
