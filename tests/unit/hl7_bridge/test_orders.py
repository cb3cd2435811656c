"""Tests of hl7_bridge.orders and stays: what messages say of orders, appointments, visits and accounts."""

from datetime import UTC, datetime

import pytest

from dose_core.model import Code
from dose_core.orders.said import Number, OrderSaid, ProcedureSaid, Said
from dose_core.orders.visits import Register, StayEvent
from dose_services.stays import StatedStay
from hl7_bridge.faults import MessageFaultError
from hl7_bridge.messages import Message, parse, read_header
from hl7_bridge.orders import read_orders, read_schedule
from hl7_bridge.stays import read_stays
from tests.builders.hl7 import message, msh, pid
from tests.builders.orders import imaging_order, moved_visit, order, renumbered_visit
from tests.builders.orders import stay as stay_of
from tests.support.hl7_bridge import SITE

RECEIVED_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
STUDY = "1.2.392.200036.9125.0.198811291108.7"


def parsed(raw: bytes) -> Message:
    return parse(raw, read_header(raw), default_codec="utf-8")


def orders(raw: bytes, said: Said = Said.ORDER) -> list[OrderSaid]:
    """Return what a message says of orders."""
    found, _ = read_orders(parsed(raw), said, received_at=RECEIVED_AT, site=SITE)
    return [one.said for one in found]


def only(raw: bytes, said: Said = Said.ORDER) -> OrderSaid:
    (one,) = orders(raw, said)
    return one


def stays(raw: bytes, trigger: str) -> tuple[StatedStay, ...]:
    return read_stays(parsed(raw), trigger, site=SITE)


class TestAnOrder:
    def test_is_read_with_the_study_that_its_zds_names(self) -> None:
        said = only(order("NW", status="SC", study=STUDY, visit="V1^^^HOSP", account="K1^^^HOSP"))

        assert (said.placer, said.filler) == (Number(value="PL1", issuer="RIS"), Number(value="FL1", issuer="RIS"))
        assert (said.control, said.order_status, said.patient) == ("NW", "SC", ("P-1", "HOSP"))
        assert (said.visit, said.account) == (Number(value="V1", issuer="HOSP"), Number(value="K1", issuer="HOSP"))
        assert said.procedures == (
            ProcedureSaid(
                study_instance_uid=STUDY,
                accession=Number(value="ACC-1"),
                requested_procedure_id="RP1",
                step_ids=("SPS1",),
                modalities=("CT",),
            ),
        )
        assert said.planned_at == datetime(2026, 3, 1, 9, 15, tzinfo=UTC)

    def test_names_each_station_of_its_ipc_and_each_step_of_one_procedure(self) -> None:
        further = f"IPC|ACC-1^RIS|RP1|{STUDY}|SPS2|PT||Room 2||PETROOM~PETROOM2\r".encode()
        (procedure,) = only(imaging_order(study=STUDY) + further).procedures

        assert (procedure.step_ids, procedure.modalities) == (("SPS1", "SPS2"), ("CT", "PT"))
        assert procedure.station_ae_titles == ("CTROOM1", "PETROOM", "PETROOM2")

    def test_of_several_procedures_names_the_study_of_each(self) -> None:
        further = b"IPC|ACC-2^RIS|RP2|2.25.9|SPS2|DX\r"

        assert [one.study_instance_uid for one in only(imaging_order(study=STUDY) + further).procedures] == [
            STUDY,
            "2.25.9",
        ]

    def test_in_two_pairs_of_segments_is_one_order_and_one_zds_tells_the_study_of_both(self) -> None:
        raw = message(
            msh("ORM^O01"),
            pid(),
            "ORC|NW|PL1|FL1",
            "OBR|1|PL1|FL1|A^One^L||||||||||||||ACC|RP1|S1||||CT",
            "ORC|NW|PL1|FL1",
            "OBR|2|PL1|FL1|A^One^L||||||||||||||ACC|RP1|S2||||PT",
            f"ZDS|{STUDY}^RIS^Application^DICOM",
        )
        (procedure,) = only(raw).procedures

        assert (procedure.step_ids, procedure.study_instance_uid) == (("S1", "S2"), STUDY)

    def test_after_another_under_one_control_segment_is_an_order_of_its_own(self) -> None:
        raw = message(msh("ORM^O01"), "ORC|NW|PL1", "OBR|1|PL1||A^One^L", "OBR|2|PL2||B^Two^L")

        assert [(one.placer, one.procedure) for one in orders(raw)] == [
            (Number(value="PL1"), Code(value="A", scheme="L", meaning="One")),
            (Number(value="PL2"), Code(value="B", scheme="L", meaning="Two")),
        ]

    def test_deletes_what_two_quotes_delete_and_leaves_what_is_empty(self) -> None:
        said = only(message(msh("ORM^O01"), "ORC|XO|PL1", 'OBR|1|PL1|||""||||||||""'))

        assert said.cleared == {"indication", "priority"}
        assert (said.indication, said.priority, said.procedure) == (None, None, None)

    def test_is_read_with_separators_of_its_own(self) -> None:
        raw = b"MSH#*~\\&#RIS#HOSP#DOSE#X#20260301090000##ORM*O01#1#P#2.3.1\rORC#NW#P^1*RIS\rOBR#1#P^1*RIS##A*One*L\r"

        assert only(raw).placer == Number(value="P^1", issuer="RIS")

    def test_in_its_words_holds_no_segment(self) -> None:
        raw = order(indication="fall\\X0D\\ORC|NW|PL9".replace("|", "\\F\\"))

        assert only(raw).indication == "fall\rORC|NW|PL9"

    def test_without_a_number_is_against_the_rules(self) -> None:
        with pytest.raises(MessageFaultError, match="ORC-2") as caught:
            orders(message(msh("ORM^O01"), "ORC|NW", "OBR|1|||A^One^L"))

        assert caught.value.answer.location == ("ORC", 1, 2)


class TestWhatIsNoImaging:
    @pytest.mark.parametrize("section", ["LAB", "Lab", "MB", "SP"])
    def test_is_left_out_by_its_section(self, section: str) -> None:
        assert orders(message(msh("ORM^O01"), "ORC|NW|1", f"OBR|1|1||A^One^L||||||||||||||||||||{section}")) == []

    def test_is_left_out_where_a_result_names_no_section(self) -> None:
        raw = message(msh("ORU^R01"), pid(), "OBR|1|1|2|GLU^Glucose^L", "OBX|1|NM|GLU||5.1|mmol/L")

        assert orders(raw, Said.RESULT) == []

    def test_is_not_a_result_that_names_its_study(self) -> None:
        raw = message(msh("ORU^R01"), pid(), "OBR|1|1|2|X^Report^L", f"OBX|1|ST|113014^DICOM Study^DCM||{STUDY}||||||F")

        assert only(raw, Said.RESULT).procedures == (ProcedureSaid(study_instance_uid=STUDY),)


class TestAnAppointment:
    BOOKED = (
        msh("SIU^S12^SIU_S12", at="20260301080000"),
        "SCH|A1|B1||||||||||||||||||||||||PL1^RIS|FL1^RIS",
        "AIS|1|A|X|20260302081500",
    )

    @pytest.mark.parametrize(
        ("trigger", "planned_at", "cleared"),
        [
            ("S12", datetime(2026, 3, 2, 7, 15, tzinfo=UTC), set()),
            ("S14", datetime(2026, 3, 2, 7, 15, tzinfo=UTC), set()),
            ("S15", None, {"planned_at"}),
            ("S26", None, {"planned_at"}),
        ],
    )
    def test_gives_its_order_a_time_or_takes_it(
        self, trigger: str, planned_at: datetime | None, cleared: set[str]
    ) -> None:
        (stated,), _ = read_schedule(parsed(message(*self.BOOKED)), trigger, received_at=RECEIVED_AT, site=SITE)

        assert (stated.said.placer, stated.said.planned_at) == (Number(value="PL1", issuer="RIS"), planned_at)
        assert stated.said.cleared == cleared


class TestAVisit:
    def test_moves_with_both_patients_named(self) -> None:
        (moved,) = stays(moved_visit(to="P-7^^^HOSP", source="MOTORBIKE", visit="V1^^^HOSP"), "A45")

        assert (moved.event, moved.register, moved.number) == (
            StayEvent.MOVED,
            Register.VISIT,
            Number(value="V1", issuer="HOSP"),
        )
        assert moved.source is not None
        assert moved.target is not None
        assert (moved.source.id, moved.source.issuer, moved.target.id) == ("MOTORBIKE", "HOSP", "P-7")

    def test_of_several_in_a_message_each_has_its_own_number(self) -> None:
        raw = message(
            msh("ADT^A45"), pid("T^^^HOSP"), "MRG|S^^^HOSP||||V1", "PV1|1|O|||||||||||||||||V1", "MRG|S^^^HOSP||||V2",
            "PV1|2|O|||||||||||||||||V9",
        )  # fmt: skip

        assert [(one.number.value, one.new and one.new.value) for one in stays(raw, "A45")] == [
            ("V1", None),
            ("V2", "V9"),
        ]

    @pytest.mark.parametrize(("trigger", "event"), [("A50", StayEvent.RENUMBERED), ("A42", StayEvent.MERGED)])
    def test_gets_the_number_of_pv1_for_that_of_mrg(self, trigger: str, event: StayEvent) -> None:
        (stay,) = stays(renumbered_visit(identifiers="P-1^^^HOSP", old="V1", new="V2", event=trigger), trigger)

        assert (stay.event, stay.number.value, stay.new and stay.new.value) == (event, "V1", "V2")

    def test_gets_another_alternate_number_which_is_one_of_its_numbers(self) -> None:
        raw = message(
            msh("ADT^A51"), pid("P-1^^^HOSP"), "MRG|P-1^^^HOSP|||||ALT1", f"{stay_of('V1')}{'|' * 31}ALT2^^^HOSP"
        )

        assert [(one.event, one.number.value, one.new and one.new.value) for one in stays(raw, "A51")] == [
            (StayEvent.RENUMBERED, "ALT1", "ALT2"),
            (StayEvent.MERGED, "ALT2", "V1"),
        ]

    @pytest.mark.parametrize(
        ("mrg", "pv1", "place"), [("MRG|P-1^^^HOSP||||V1", "ALT2", "MRG-6"), ("MRG|P-1^^^HOSP|||||ALT1", "", "PV1-50")]
    )
    def test_whose_alternate_number_is_not_stated_twice_is_refused(self, mrg: str, pv1: str, place: str) -> None:
        raw = message(msh("ADT^A51"), pid("P-1^^^HOSP"), mrg, f"{stay_of('V1')}{'|' * 31}{pv1}")

        with pytest.raises(MessageFaultError, match=place):
            stays(raw, "A51")

    @pytest.mark.parametrize(
        ("trigger", "event"),
        [
            ("A35", StayEvent.MERGED),
            ("A36", StayEvent.MERGED),
            ("A41", StayEvent.MERGED),
            ("A49", StayEvent.RENUMBERED),
            ("A44", StayEvent.MOVED),
        ],
    )
    def test_its_account_is_named_by_pid_and_mrg(self, trigger: str, event: StayEvent) -> None:
        raw = message(msh(f"ADT^{trigger}"), f"{pid('P-1^^^HOSP')}||||||||||K2", "MRG|P-9^^^HOSP||K1")
        (stay,) = stays(raw, trigger)

        assert (stay.event, stay.register) == (event, Register.ACCOUNT)
        assert (stay.number.value, stay.new and stay.new.value) == ("K1", "K2")

    def test_that_merges_patients_alone_names_no_account(self) -> None:
        assert stays(message(msh("ADT^A36"), pid(), "MRG|P-9^^^HOSP"), "A36") == ()

    def test_that_was_deleted_is_named_by_pv1(self) -> None:
        (deleted,) = stays(message(msh("ADT^A23"), pid(), "PV1|1|O|||||||||||||||||V1^^^HOSP"), "A23")

        assert (deleted.event, deleted.number) == (StayEvent.DELETED, Number(value="V1", issuer="HOSP"))

    @pytest.mark.parametrize(
        ("trigger", "lines", "place"),
        [
            ("A45", [pid()], ("MRG", 1)),
            ("A45", ["MRG|S||||V1"], ("MRG", 1)),
            ("A45", [pid(), "MRG|||||V1"], ("MRG", 1, 1)),
            ("A45", [pid(), "MRG|S"], ("MRG", 1, 5)),
            ("A42", [pid(), "MRG|S||||V1"], ("PV1", 1, 19)),
            ("A41", [pid(), "MRG|S"], ("MRG", 1, 3)),
            ("A49", [pid(), "MRG|S||K1"], ("PID", 1, 18)),
        ],
    )
    def test_without_what_the_event_needs_is_against_the_rules(
        self, trigger: str, lines: list[str], place: tuple[str | int, ...]
    ) -> None:
        with pytest.raises(MessageFaultError) as caught:
            stays(message(msh(f"ADT^{trigger}"), *lines), trigger)

        assert caught.value.answer.location == place
