"""Tests of api.routes.instances and api.routes.series: evidence comes in, whatever it is."""

import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from dose_core.contract import (
    DELETIONS_PATH,
    HEADER_CALLING_AET,
    HEADER_ORTHANC_ID,
    HEADER_PLAINTEXT_REASON,
    Envelope,
    encode_series,
    instance_path,
    series_headers_path,
)
from dose_services import reading
from dose_services.roles import Scope
from doseledger.demo.dose_report import dose_report
from doseledger.demo.hospital import ANNA, ANNA_CHEST, ANNA_FOLLOW_UP, DORA, DORA_THORAX
from doseledger.demo.slices import images
from tests.builders.envelopes import header, whole
from tests.integration.api.conftest import House

MB = 1024 * 1024


def put_series(house: House, envelopes: list[Envelope], *, packed: bool = False) -> Any:  # noqa: ANN401 - foreign
    content_type, body = encode_series(envelopes)
    headers = {**house.headers(Scope.INGEST), "Content-Type": content_type}
    if packed:
        body = gzip.compress(body)
        headers["Content-Encoding"] = "gzip"
    return house.client.put(series_headers_path("1.2.3"), content=body, headers=headers)


def megabytes(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield bytes(MB)


class TestDeletions:
    def test_are_taken_in_and_told(self, house: House) -> None:
        house.hand_in(whole(dose_report(ANNA_CHEST)), **{HEADER_ORTHANC_ID: "ab-1"})

        answer = house.client.post(DELETIONS_PATH, json={"orthanc_ids": ["ab-1"]}, headers=house.headers(Scope.INGEST))

        assert (answer.status_code, answer.content) == (204, b"")
        assert house.rows("SELECT count(*) FROM evidence WHERE gone_at IS NOT NULL") == [(1,)]
        assert len(house.exam_ids(ANNA.identifier)) == 1

    @pytest.mark.parametrize("ids", [[], [""], ["a"] * 501, ["a" * 65]])
    def test_are_refused_beyond_the_contract(self, house: House, ids: list[str]) -> None:
        answer = house.client.post(DELETIONS_PATH, json={"orthanc_ids": ids}, headers=house.headers(Scope.INGEST))

        assert answer.status_code == 422


class TestAnInstance:
    def test_is_kept_read_and_found_again(self, house: House) -> None:
        answer = house.hand_in(whole(dose_report(ANNA_CHEST)))

        assert answer.status_code == 201
        assert answer.json()["read_status"] == "read"
        assert len(house.exam_ids(ANNA.identifier)) == 1

    def test_is_known_the_second_time(self, house: House) -> None:
        first = house.hand_in(whole(dose_report(ANNA_CHEST)))
        second = house.hand_in(whole(dose_report(ANNA_CHEST)))

        assert second.status_code == 200
        assert second.json() == {**first.json(), "is_new": False}

    def test_may_come_packed(self, house: House) -> None:
        envelope = whole(dose_report(ANNA_CHEST))
        packed = Envelope(sop_instance_uid=envelope.sop_instance_uid, dicom=gzip.compress(envelope.dicom))

        answer = house.hand_in(packed, **{"Content-Encoding": "gzip"})

        assert answer.json()["read_status"] == "read"
        assert house.rows("SELECT size_bytes FROM evidence") == [(len(envelope.dicom),)]

    def test_keeps_who_sent_it_and_how_it_came(self, house: House) -> None:
        house.hand_in(whole(dose_report(ANNA_CHEST)), **{HEADER_CALLING_AET: "CT%201"})

        assert house.rows("SELECT sender, calling_aet FROM evidence") == [("system:test", "CT 1")]

    @pytest.mark.parametrize("dicom", [b"", b"no DICOM at all", bytes(128) + b"DICM"])
    def test_that_cannot_be_read_is_kept_all_the_same(self, house: House, dicom: bytes) -> None:
        answer = house.hand_in(Envelope(sop_instance_uid="1.2.3", dicom=dicom))

        assert answer.status_code == 201
        assert answer.json()["read_status"] == "unreadable"
        assert answer.json()["read_reason"]
        assert house.rows("SELECT read_status, size_bytes FROM evidence") == [("unreadable", len(dicom))]
        assert house.rows("SELECT kind FROM finding") == [("unreadable",)]
        assert "doseledger_unreadable_objects_total 1.0" in house.client.get("/metrics").text

    def test_that_breaks_the_reader_costs_nothing(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        """A bug nobody foresaw: the object is safe, the sender is content, and the next object is read."""

        def endless(_: bytes) -> None:
            raise RecursionError

        with monkeypatch.context() as broken:
            broken.setattr(reading, "read_dose", endless)
            answer = house.hand_in(whole(dose_report(ANNA_CHEST)))

        assert answer.status_code == 201
        assert answer.json()["read_status"] == "unreadable"
        assert house.rows("SELECT read_status FROM evidence") == [("unreadable",)]
        assert 'doseledger_evidence{read_status="unreadable"} 1.0' in house.client.get("/metrics").text
        assert house.hand_in(whole(dose_report(ANNA_FOLLOW_UP))).json()["read_status"] == "read"

    def test_larger_than_allowed_is_refused_before_it_is_taken_in(self, house: House) -> None:
        headers = {**house.headers(Scope.INGEST), "Content-Type": "application/dicom"}

        stated = house.client.put(
            "/api/v1/instances/1.2.3", content=b"x", headers={**headers, "Content-Length": "99999999"}
        )
        streamed = house.client.put("/api/v1/instances/1.2.3", content=megabytes(65), headers=headers)

        assert (stated.status_code, streamed.status_code) == (413, 413)
        assert house.rows("SELECT count(*) FROM evidence") == [(0,)]

    def test_that_unpacks_to_more_than_allowed_is_refused(self, house: House) -> None:
        bomb = Envelope(sop_instance_uid="1.2.3", dicom=gzip.compress(bytes(65 * MB)))

        assert house.hand_in(bomb, **{"Content-Encoding": "gzip"}).status_code == 413

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Content-Type": "text/plain"}, 415),
            ({"Content-Encoding": "br"}, 400),
            ({"Content-Encoding": "gzip"}, 400),
            ({"DoseLedger-Origin": "elsewhere"}, 400),
        ],
    )
    def test_outside_the_contract_is_refused(self, house: House, headers: dict[str, str], status: int) -> None:
        assert house.hand_in(whole(dose_report(ANNA_CHEST)), **headers).status_code == status

    def test_without_a_token_is_not_even_taken_in(self, house: House) -> None:
        answer = house.client.put(instance_path("1.2.3"), content=megabytes(65), headers={})

        assert answer.status_code == 401

    def test_over_plain_http_by_decision_is_a_finding(self, house: House) -> None:
        for _ in range(2):
            house.hand_in(whole(dose_report(ANNA_CHEST)), **{HEADER_PLAINTEXT_REASON: "test%20bench"})

        ((kind, subject, told),) = house.rows("SELECT kind, subject, text FROM finding")
        assert (kind, subject) == ("plaintext_delivery", "system:test")
        assert "test bench" in told


class TestImageHeaders:
    def test_of_one_message_make_one_exam(self, house: House) -> None:
        answer = put_series(house, [header(image) for image in images(DORA_THORAX)], packed=True)

        receipt = answer.json()
        assert answer.status_code == 201
        assert receipt["received"] == receipt["new"] == receipt["read_statuses"]["read"]
        (exam_id,) = house.exam_ids(DORA.identifier)
        exam = house.client.get(f"/api/v1/exams/{exam_id}", headers=house.headers(Scope.READ)).json()
        assert exam["summary"]["dlp_basis"] == "estimate"
        assert exam["summary"]["dlp_mgy_cm"] == pytest.approx(DORA_THORAX.dlp_mgy_cm)

    def test_that_come_late_add_to_those_that_are_there(self, house: House) -> None:
        envelopes = [header(image) for image in images(DORA_THORAX)]
        put_series(house, envelopes[:-5])

        answer = put_series(house, envelopes)

        assert answer.status_code == 201
        assert answer.json()["new"] == 5
        assert house.rows("SELECT count(*) FROM evidence") == [(len(envelopes),)]

    def test_that_are_all_known_are_answered_with_200(self, house: House) -> None:
        envelopes = [header(image) for image in images(DORA_THORAX)][:3]
        put_series(house, envelopes)

        assert put_series(house, envelopes).status_code == 200

    def test_with_a_broken_one_among_them_are_read_all_the_same(self, house: House) -> None:
        good = [header(image) for image in images(DORA_THORAX)][1:4]
        broken = Envelope(sop_instance_uid="1.2.3.4", dicom=b"broken", is_header=True)

        receipt = put_series(house, [good[0], broken, *good[1:]]).json()

        assert receipt["read_statuses"] == {"read": 3, "unreadable": 1}
        assert [one["sop_instance_uid"] for one in receipt["unreadable"]] == ["1.2.3.4"]

    def test_of_more_than_eight_megabytes_are_refused(self, house: House) -> None:
        large = Envelope(sop_instance_uid="1.2.3.4", dicom=bytes(9 * MB), is_header=True)

        assert put_series(house, [large]).status_code == 413

    def test_cut_short_are_refused(self, house: House) -> None:
        content_type, body = encode_series([header(image) for image in images(DORA_THORAX)][:2])
        headers = {**house.headers(Scope.INGEST), "Content-Type": content_type}

        answer = house.client.put(series_headers_path("1.2.3"), content=body[:-40], headers=headers)

        assert answer.status_code == 400
        assert house.rows("SELECT count(*) FROM evidence") == [(0,)]
