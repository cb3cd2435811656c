"""
A message and a report about one patient that meet: each is at work before the other is committed.

Each pair is stepped by hand. The first is stopped behind all that it reads of who is who and before it writes its end;
the second is let go, until it is through or waits for the first; then the first goes on. Whoever it is, what is shown
is what it would be had they come one after the other.
"""

from collections.abc import Callable
from functools import partial
from threading import Event, Thread, get_ident
from typing import Any

import pytest
from sqlalchemy import Engine, text

from db.session import Session
from dose_services import exam_writing, filing, hl7_inbox
from tests.support.identity_house import IdentityHouse, pid
from tests.support.until import until

A, B, SECOND = "A^^^HOSP^MR", "B^^^HOSP^MR", "SECOND^^^HOSP^PI"
WITHIN_S = 30.0
_WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

Part = Callable[[], Any]


@pytest.fixture
def hospital(engine: Engine) -> IdentityHouse:
    """A house that has heard of A, born 1960, who has a second identifier, and of B, born 1950."""
    hospital = IdentityHouse(engine)
    hospital.hear("A04", pid(f"{A}~{SECOND}"), minute=0)
    hospital.hear("A04", pid(B, "Ruf^Bert", born="19500101"), minute=0)
    return hospital


class Meeting:
    """Two parts of which the first is stopped where it meets the second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, hospital: IdentityHouse) -> None:
        self._hospital = hospital
        self._is_there, self._may_go_on = Event(), Event()
        self._first: int | None = None
        monkeypatch.setattr(filing, "write_exam", self._before(exam_writing.write_exam))
        monkeypatch.setattr(hl7_inbox, "finish_message", self._behind(hl7_inbox.finish_message))

    def of(self, first: Part, second: Part) -> None:
        """Return when both are through."""
        threads = [Thread(target=self._run_first, args=(first,)), Thread(target=second)]
        threads[0].start()
        assert self._is_there.wait(WITHIN_S)
        threads[1].start()
        until(
            lambda: not threads[1].is_alive() or bool(self._hospital.rows(_WAITING)),
            within_s=WITHIN_S,
            what="the second to be through or to wait",
        )
        self._may_go_on.set()
        for thread in threads:
            thread.join(WITHIN_S)
            assert not thread.is_alive()

    def _run_first(self, part: Part) -> None:
        self._first = get_ident()
        part()

    def _before(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """Stop a report that knows whose it is and has not said so yet."""

        def stop(*told: object, **named: object) -> object:
            self._stop()
            return real(*told, **named)

        return stop

    def _behind(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """Stop a message that has done everything, and is not committed yet."""

        def stop(session: Session, *told: object, **named: object) -> object:
            answer = real(session, *told, **named)
            session.execute(text("SELECT 1"))  # what was to be done later is done with it
            self._stop()
            return answer

        return stop

    def _stop(self) -> None:
        if get_ident() == self._first and not self._is_there.is_set():
            self._is_there.set()
            assert self._may_go_on.wait(WITHIN_S)


@pytest.fixture
def meeting(hospital: IdentityHouse, monkeypatch: pytest.MonkeyPatch) -> Meeting:
    return Meeting(monkeypatch, hospital)


def met(meeting: Meeting, message: Part, report: Callable[[], str], *, first: str) -> str:
    """Let both meet, and return the study of the report."""
    studies: list[str] = []

    def take() -> None:
        studies.append(report())

    meeting.of(*((take, message) if first == "report" else (message, take)))
    return studies[0]


@pytest.mark.parametrize("first", ["report", "message"])
class TestAReportThatMeets:
    def test_a_message_that_states_its_birth_date_counts(
        self, hospital: IdentityHouse, meeting: Meeting, first: str
    ) -> None:
        message = partial(hospital.hear, "A08", pid(A, born="19710623"), minute=5)
        study = met(meeting, message, partial(hospital.receive, "A", born="19710623"), first=first)

        assert hospital.history("A") == {study}

    def test_a_message_that_states_its_birth_date_by_another_identifier_counts(
        self, hospital: IdentityHouse, meeting: Meeting, first: str
    ) -> None:
        message = partial(hospital.hear, "A08", pid(SECOND, born="19710623"), minute=5)
        study = met(meeting, message, partial(hospital.receive, "A", born="19710623"), first=first)

        assert hospital.history("A") == {study}

    def test_the_move_of_its_identifier_goes_along(self, hospital: IdentityHouse, meeting: Meeting, first: str) -> None:
        message = partial(hospital.hear, "A43", pid(B, "", born=""), f"MRG|{SECOND}", minute=5)
        report = partial(hospital.receive, "SECOND", name="", born="")
        study = met(meeting, message, report, first=first)

        assert (hospital.history("A"), hospital.history("B")) == (set(), {study})

    def test_a_merge_with_the_person_whose_birth_date_it_states_counts(
        self, hospital: IdentityHouse, meeting: Meeting, first: str
    ) -> None:
        message = partial(hospital.hear, "A40", pid(B, "Ruf^Bert", born="19500101"), f"MRG|{A}", minute=5)
        report = partial(hospital.receive, "A", name="Ruf^Bert", born="19500101")
        study = met(meeting, message, report, first=first)

        assert hospital.history("B") == {study}

    def test_a_merge_of_both_whom_it_names_counts(self, hospital: IdentityHouse, meeting: Meeting, first: str) -> None:
        message = partial(hospital.hear, "A40", pid(B, "Ruf^Bert", born="19500101"), f"MRG|{A}", minute=5)
        report = partial(hospital.receive, "A", others=("B",))
        study = met(meeting, message, report, first=first)

        assert hospital.history("B") == {study}

    def test_the_end_of_a_link_to_the_person_whose_birth_date_it_states_waits_for_somebody_to_decide(
        self, hospital: IdentityHouse, meeting: Meeting, first: str
    ) -> None:
        hospital.hear("A24", pid(A), pid(B, "Ruf^Bert", born="19500101"), minute=3)
        message = partial(hospital.hear, "A37", pid(A), pid(B, "Ruf^Bert", born="19500101"), minute=5)
        report = partial(hospital.receive, "A", name="Ruf^Bert", born="19500101")
        met(meeting, message, report, first=first)

        assert hospital.history("A") == set()
