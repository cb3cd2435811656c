"""All checks of ``make demo ONCE=1`` in their order, each given the time that its outcome may take."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dose_core.errors import DoseError
from doseledger.demo import checks_archive, checks_doors, checks_dose
from doseledger.demo.house import House, NotSoError

_LOOK_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One outcome that the demo promises; ``within_s`` is how long it may take to become true."""

    name: str
    run: Callable[[House], str]
    within_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a check."""

    name: str
    held: bool
    detail: str
    seconds: float


CHECKS = (
    Check(name="dose reports are read", run=checks_dose.reports_are_read, within_s=30),
    Check(name="images without report", run=checks_dose.images_are_estimated, within_s=60),
    Check(name="values name their place", run=checks_dose.values_name_their_place),
    Check(name="patient update", run=checks_dose.name_is_updated, within_s=5),
    Check(name="patient merge", run=checks_dose.merged_dose_is_under_the_survivor, within_s=5),
    Check(name="repeated report", run=checks_dose.repetition_counts_nothing_twice),
    Check(name="known modality", run=checks_doors.known_modality_may_echo),
    Check(name="unknown modality", run=checks_doors.unknown_modality_is_refused),
    Check(name="foreign address", run=checks_doors.foreign_address_is_refused),
    Check(name="no credentials", run=checks_doors.http_needs_credentials),
    Check(name="narrow credentials", run=checks_doors.tokens_do_one_thing),
    Check(name="history page", run=checks_doors.history_opens_once),
    Check(name="plugin has delivered", run=checks_archive.plugin_has_delivered, within_s=30),
    Check(name="dose SR back in the PACS", run=checks_archive.dose_sr_is_written_back, within_s=90),
    Check(name="no second dose SR", run=checks_archive.second_sending_makes_no_second_dose_sr),
)


def run_checks(house: House) -> Iterator[Outcome]:
    """Yield the outcome of each check as it is known."""
    for check in CHECKS:
        yield _run(check, house)


def _run(check: Check, house: House) -> Outcome:
    started = time.monotonic()
    while True:
        try:
            held, detail = True, check.run(house)
        except (NotSoError, DoseError, OSError) as error:
            held, detail = False, str(error) or type(error).__name__
            if time.monotonic() - started < check.within_s:
                time.sleep(_LOOK_S)
                continue
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            # An answer of another shape than the interface promises is a failed check, not a crash of the demo.
            held, detail = False, f"unexpected answer: {error!r}"
        return Outcome(name=check.name, held=held, detail=detail, seconds=time.monotonic() - started)
