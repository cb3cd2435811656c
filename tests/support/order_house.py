"""A house that takes in dose reports and HL7 messages, and what it then says of orders."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select

from db.repositories import order_matches, patients
from db.session import unit_of_work
from db.tables.exam import ExamDecisionRow, ExamRow
from db.tables.finding import FindingRow
from db.tables.order import ImagingOrderRow, OrderProcedureRow
from dose_services import exams, looking_around
from dose_services.audit import Looker, Via
from hl7_bridge.handling import MessageHandler
from hl7_bridge.settings import Hl7Settings
from tests.builders.ct_reports import study_uid
from tests.support.dose_house import DoseHouse

LOOKER = Looker(
    subject="user:phil", user_id=None, via=Via.TOKEN, reference=uuid4(), route="/test", reads_uncounted=True
)


@dataclass
class OrderHouse(DoseHouse):
    """A ``DoseHouse`` with an HL7 bridge at the same site and clock."""

    def tell(self, *messages: bytes) -> list[str]:
        """Send messages, let the worker do what follows, and return the codes of the answers."""
        handler = MessageHandler(self.engine, self.site, Hl7Settings(), lambda: self.now)
        answers = [handler.handle(raw, peer="127.0.0.1") for raw in messages]
        self.follow()
        return [answer.split(b"\rMSA|")[1][:2].decode() for answer in answers]

    def look_around(self) -> None:
        """Do what the worker does every ten minutes."""
        with unit_of_work(self.engine) as session:
            looking_around.look_around(session, now=self.now, site=self.site)

    def orders(self) -> list[ImagingOrderRow]:
        """Return all orders that stand, by their placer numbers."""
        with unit_of_work(self.engine) as session:
            query = select(ImagingOrderRow).where(ImagingOrderRow.joined_into_id.is_(None))
            return list(session.scalars(query.order_by(ImagingOrderRow.placer_number)))

    def order(self) -> ImagingOrderRow:
        """Return the only order."""
        (only,) = self.orders()
        return only

    def procedures(self) -> list[OrderProcedureRow]:
        """Return the requested procedures of the only order."""
        order_id = self.order().id
        with unit_of_work(self.engine) as session:
            query = select(OrderProcedureRow).where(OrderProcedureRow.order_id == order_id)
            return list(session.scalars(query.order_by(OrderProcedureRow.position)))

    def matches(self) -> list[tuple[str | None, str, str, str]]:
        """Return placer number, study, rule and confidence of each match."""
        with unit_of_work(self.engine) as session:
            orders = {row.id: row.placer_number for row in session.scalars(select(ImagingOrderRow))}
            studies = {row.id: row.study_instance_uid for row in session.scalars(select(ExamRow))}
            found = order_matches.of_orders(session, list(orders))
            return sorted((orders[one.order_id] or "", studies[one.exam_id], one.rule, one.confidence) for one in found)

    def told(self) -> dict[str, str]:
        """Return the unresolved findings about orders and their exams: kind and text."""
        kinds = (
            "cancelled_order_with_dose",
            "dose_without_order",
            "order_of_another_patient",
            "order_without_dose",
        )
        with unit_of_work(self.engine) as session:
            query = select(FindingRow).where(FindingRow.resolved_at.is_(None), FindingRow.kind.in_(kinds))
            return {row.kind: row.text for row in session.scalars(query)}

    def exam_id(self, number: int) -> UUID:
        """Return our id of the exam of a study."""
        with unit_of_work(self.engine) as session:
            return session.scalars(select(ExamRow.id).where(ExamRow.study_instance_uid == study_uid(number))).one()

    def patient_id(self, identifier: str) -> UUID:
        """Return our id of the patient with this identifier of the hospital."""
        with unit_of_work(self.engine) as session:
            found = patients.find_by_identifier(session, identifier, "HOSP")
            assert found is not None, identifier
            return found.id

    def history(self, identifier: str) -> list[str]:
        """Return the studies in a patient's history."""
        with unit_of_work(self.engine) as session:
            found = exams.history(session, self.patient_id(identifier))
            assert found is not None, identifier
            return sorted(exam.study_instance_uid for exam in found.exams)

    def decisions(self) -> list[tuple[str, str]]:
        """Return kind and author of what was decided about exams, oldest first."""
        with unit_of_work(self.engine) as session:
            rows = session.scalars(select(ExamDecisionRow).order_by(ExamDecisionRow.id))
            return [(row.kind, row.decided_by) for row in rows]
