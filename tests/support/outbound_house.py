"""The way of results to another system, with a clock that the test turns."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import select, update

from db.repositories import outbound_queue, patients
from db.session import unit_of_work
from db.tables.exam import ExamRow
from db.tables.finding import FindingRow
from db.tables.outbound import OutboundDestinationRow, OutboundMessageRow
from dose_core.ledger.standing import Decided
from dose_services import desk, outbound_desk, outbound_destinations, outbound_results
from dose_services.audit import Looker, Via
from dose_services.finding_kinds import FindingKind
from dose_services.outbound_desk import MessageView
from dose_services.outbound_values import Endpoint, Form, Rule, stored_form
from dose_worker.outbound import Line
from hl7_bridge.messages import Message, parse, read_header
from tests.builders.ct_reports import of, report
from tests.support.dose_house import DoseHouse

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
QUIET_S = 60
PHIL = Looker(subject="user:phil", user_id=None, via=Via.TOKEN, reference=uuid4(), route="/test")
OPERATOR = Looker(subject="console:test", user_id=None, via=Via.COMMAND, reference=None, route="test")
KINDS = (FindingKind.RESULT_REFUSED, FindingKind.RESULTS_WAIT, FindingKind.RESULT_NOT_WRITTEN)


@dataclass
class OutboundHouse:
    """A house with destinations, whose worker works when the test says so."""

    house: DoseHouse
    ids: dict[str, UUID] = field(default_factory=dict)

    def add(
        self,
        name: str = "RIS",
        *,
        port: int = 1,
        modalities: tuple[str, ...] = (),
        since: datetime = LONG_AGO,
        is_strict: bool = False,
        form: Form | None = None,
    ) -> None:
        """Add a destination on the loopback interface."""
        endpoint = Endpoint(host="127.0.0.1", port=port, answer_timeout_s=1)
        rule = Rule(exams_since=since, modalities=modalities, quiet_s=QUIET_S, is_strict=is_strict)
        with unit_of_work(self.house.engine) as session:
            self.ids[name] = outbound_destinations.add_destination(
                session, name, endpoint, rule, form or Form(receiving_application=name), looker=OPERATOR, now=self.now
            )

    def change_form(self, form: Form, name: str = "RIS") -> None:
        """Let messages to a destination look otherwise from now on."""
        with unit_of_work(self.house.engine) as session:
            session.execute(
                update(OutboundDestinationRow).where(OutboundDestinationRow.name == name).values(form=stored_form(form))
            )

    def receive(self, *numbers: int, patient: str = "P-1", ctdi_mgy: str = "5") -> None:
        """Take in a CT report of each of these studies."""
        self.house.receive([report(number, ctdi_mgy=ctdi_mgy, **of(patient)) for number in numbers])

    def decide(self, kind: Decided, patient_id: UUID | None = None) -> None:
        """Let a physicist decide about the first exam."""
        with unit_of_work(self.house.engine) as session:
            desk.decide(
                session,
                self.exam_ids()[0],
                kind,
                comment="a test",
                looker=PHIL,
                site=self.house.site,
                now=self.now,
                patient_id=patient_id,
            )

    def patient_id(self, identifier: str) -> UUID:
        """Return our id of whom the hospital knows by this identifier."""
        with unit_of_work(self.house.engine) as session:
            found = patients.find_by_identifier(session, identifier, "HOSP")
            assert found is not None
            return found.id

    @property
    def now(self) -> datetime:
        """The time of the house."""
        return self.house.now

    def tell(self) -> None:
        """Let the destinations' quiet time pass, and queue what they must be told, as the worker does."""
        self.house.follow()
        self.house.wait(QUIET_S)
        work = partial(unit_of_work, self.house.engine)
        while outbound_results.tell_due(work, now=self.now, site=self.house.site, limit=100):
            pass

    def line(self, name: str = "RIS", *, holder: UUID | None = None) -> Line:
        """Return the way to a destination, as a worker has it."""
        work = partial(unit_of_work, self.house.engine)
        return Line(work, self.ids[name], holder or uuid4(), clock=lambda: self.now)

    def queue(self, name: str | None = None) -> list[MessageView]:
        """Return all messages in their order."""
        with unit_of_work(self.house.engine) as session:
            return outbound_desk.messages(session, destination=name, limit=100)

    def states(self) -> list[str]:
        """Return what became of them."""
        return [one.state.value for one in self.queue()]

    def kinds(self, name: str | None = None) -> list[str]:
        """Return what they are by table 0085."""
        return [one.kind for one in self.queue(name)]

    def messages(self) -> list[Message]:
        """Return their contents."""
        with unit_of_work(self.house.engine) as session:
            rows = session.scalars(select(OutboundMessageRow).order_by(OutboundMessageRow.number))
            contents = [outbound_queue.content_of(row) for row in rows]
        return [parse(raw, read_header(raw), default_codec="ascii") for raw in contents]

    def findings(self) -> dict[str, str]:
        """Return the open findings about results: kind and text."""
        with unit_of_work(self.house.engine) as session:
            query = select(FindingRow).where(FindingRow.resolved_at.is_(None), FindingRow.kind.in_(KINDS))
            return {row.kind: row.text for row in session.scalars(query)}

    def exam_ids(self) -> list[UUID]:
        """Return all exams, the first known first."""
        with unit_of_work(self.house.engine) as session:
            return list(session.scalars(select(ExamRow.id).order_by(ExamRow.created_at, ExamRow.study_instance_uid)))


def values(message: Message) -> dict[tuple[str, str], tuple[str, str]]:
    """Return the observations of a message: code and sub-id, value and status."""
    return {
        (one.value(3).component(1), one.value(4).component(1)): (one.value(5).component(1), one.value(11).component(1))
        for one in message.segments
        if one.name == "OBX"
    }


def patient_of(message: Message) -> str:
    """Return the first identifier of whom a message is about."""
    pid = message.first("PID")
    return pid.value(3).component(1) if pid else ""
