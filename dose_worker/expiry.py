"""
Once a day what is older than the site's rule says is made unreadable, as ``doseledger retention --apply`` does.

Only where the site has said so: naming a jurisdiction lets a person look at what is due, and destroys nothing yet.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from db.repositories import erasures
from db.session import Engine
from dose_core.retention.rules import Jurisdiction, rule_of
from dose_services import retention
from dose_services.retention import Policy, Tally, UnitOfWork

BY = "worker:retention"  # who is on record; users and programs have a prefix of their own
_log = logging.getLogger(__name__)


class _StoppingError(Exception):
    """The worker stops; the rest is due tomorrow still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """What the site has chosen. ``is_stopping`` tells that the worker has no time any more."""

    jurisdiction: Jurisdiction
    zone: ZoneInfo
    hl7_keep: timedelta
    engine: Engine
    is_stopping: Callable[[], bool] = lambda: False

    def run(self, unit_of_work: UnitOfWork, *, now: datetime) -> None:
        """Expire what is due now by the rule of the day. Safe to repeat, and to be cut short by the worker's end."""
        rule = rule_of(self.jurisdiction, today=now.astimezone(self.zone).date())
        policy = Policy(rule=rule, zone=self.zone, hl7_keep=self.hl7_keep)
        try:
            done = retention.expire(unit_of_work, policy, by=BY, now=now, told=self._go_on)
        except _StoppingError:
            _log.warning("retention was cut short by the end of the worker; the rest is due tomorrow still")
            return
        if done.exams or done.patients or done.objects or done.messages:
            erasures.sweep(self.engine)
        counts = {"exams": done.exams, "patients": done.patients, "objects": done.objects, "messages": done.messages}
        _log.info("retention done", extra={**counts, "rule": rule.name, "held": done.held})

    def _go_on(self, _: Tally) -> None:
        if self.is_stopping():
            raise _StoppingError
