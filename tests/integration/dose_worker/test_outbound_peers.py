"""Our sender against the servers of hl7apy and python-hl7; ``docs/reference/outbound-hl7.md`` tells their limits."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest

from dose_core.hl7.answers import Verdict
from dose_core.hl7.observations import Observation
from dose_services.outbound_building import build_result
from dose_services.outbound_values import Endpoint
from dose_worker.mllp_client import MllpConnection, UnansweredError
from tests.builders.results import DLP, result
from tests.support.hl7_peers import Hl7apyHandler, Hl7apyRefusal, PythonHl7Server, hl7apy_server

pytestmark = pytest.mark.slow

JAPANESE = "Yamada^Tarou=山田^太郎=やまだ^たろう"


def many(count: int) -> tuple[Observation, ...]:
    """Return so many observations, of some 70 bytes each."""
    return tuple(replace(DLP, sub_id=f"part {number}") for number in range(count))


@contextmanager
def connection(port: int, timeout_s: int = 60) -> Iterator[MllpConnection]:
    endpoint = Endpoint(host="127.0.0.1", port=port, answer_timeout_s=timeout_s)
    with closing(MllpConnection(endpoint, is_stopping=lambda: False)) as made:
        yield made


def send(port: int, *, name: str = "Ek^Alma", count: int = 3, control_id: str = "C1") -> Verdict:
    content = build_result(result(name=name, observations=many(3), control_id=control_id))
    if count > 3:  # hl7apy judges some hundred segments in a second, which is not what is tested here
        segment = content.split(b"\r")[4]
        content += b"".join(segment.replace(b"OBX|1", b"OBX|%d" % number) + b"\r" for number in range(4, count + 1))
    with connection(port) as made:
        answer, _ = made.send(content, control_id)
    return answer.verdict


class TestTheServerOfHl7apy:
    def test_takes_our_messages_and_reads_what_we_mean(self) -> None:
        with hl7apy_server() as port:
            assert send(port, name=r"Ek\|^Al~ma") is Verdict.ACCEPTED

        (message,) = Hl7apyHandler.kept
        assert message.msh.msh_10.value == "C1"
        assert len(message.obx) == 3
        assert message.pid.pid_5.pid_5_1.to_er7() == "Ek\\E\\\\F\\"

    def test_takes_one_after_another_although_it_closes_after_each(self) -> None:
        content = build_result(result(control_id="C1"))
        with hl7apy_server() as port, connection(port) as made:
            verdicts = [made.send(content, "C1")[0].verdict for _ in range(3)]

        assert verdicts == [Verdict.ACCEPTED] * 3
        assert len(Hl7apyHandler.kept) == 3

    def test_reads_utf_8(self) -> None:
        with hl7apy_server() as port:
            assert send(port, name=JAPANESE) is Verdict.ACCEPTED

        assert "山田" in Hl7apyHandler.kept[0].pid.to_er7()

    def test_takes_a_message_of_200_kilobytes(self) -> None:
        with hl7apy_server() as port:
            assert send(port, count=3000) is Verdict.ACCEPTED

    def test_refuses_as_we_understand_it(self) -> None:
        with hl7apy_server(Hl7apyRefusal) as port:
            assert send(port) is Verdict.REFUSED

    def test_rejects_what_it_has_no_handler_for(self) -> None:
        with hl7apy_server(message_type="ADT^A08^ADT_A01") as port:
            assert send(port) is Verdict.LATER


class TestTheServerOfPythonHl7:
    def test_takes_our_messages_over_one_connection(self) -> None:
        server = PythonHl7Server("utf-8")
        content = build_result(result(control_id="C1"))
        with server as port, connection(port) as made:
            verdicts = [made.send(content, "C1")[0].verdict for _ in range(3)]

        assert verdicts == [Verdict.ACCEPTED] * 3
        assert [str(one.segment("MSH")[10]) for one in server.kept] == ["C1"] * 3

    def test_reads_what_we_mean(self) -> None:
        server = PythonHl7Server("utf-8")
        with server as port:
            assert send(port, name=r"Ek\|^Al~ma=山田^太郎") is Verdict.ACCEPTED

        pid = server.kept[0].segment("PID")
        assert server.kept[0].unescape(str(pid[5][0][0])) == "Ek\\|"
        assert server.kept[0].unescape(str(pid[5][0][1])) == "Al~ma"
        assert str(pid[5][1][0]) == "山田"

    @pytest.mark.parametrize(
        ("code", "verdict"), [("AE", Verdict.REFUSED), ("AR", Verdict.LATER), ("CA", Verdict.ACCEPTED)]
    )
    def test_answers_as_we_understand_it(self, code: str, verdict: Verdict) -> None:
        with PythonHl7Server("utf-8", code) as port:
            assert send(port) is verdict

    def test_of_another_encoding_drops_the_connection_without_an_answer(self) -> None:
        """The message waits and is sent again: no receiver may lose it so."""
        with PythonHl7Server("ascii") as port, pytest.raises(UnansweredError):
            send(port, name=JAPANESE)

    def test_drops_messages_above_64_kilobytes_unless_it_is_told_otherwise(self) -> None:
        with PythonHl7Server("utf-8") as port, pytest.raises(UnansweredError):
            send(port, count=3000)
