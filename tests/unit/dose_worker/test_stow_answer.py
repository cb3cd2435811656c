"""Tests of dose_worker.stow_answer, by PS3.18, 10.5.3 and Annex I."""

from typing import Any

import orjson
import pytest

from dose_worker.archive import ArchiveRefusedError, ArchiveUnavailableError, Stored
from dose_worker.stow_answer import UnclearAnswerError, is_listed, stored

UID = "2.25.7"
OTHER = "2.25.8"


def item(uid: str | None = UID, **codes: Any) -> dict[str, Any]:  # noqa: ANN401  also what no service should send
    """Return an item of a response module; codes by the tags 00081197 and 00081196."""
    made: dict[str, Any] = {tag.removeprefix("t"): {"vr": "US", "Value": [code]} for tag, code in codes.items()}
    if uid is not None:
        made["00081155"] = {"vr": "UI", "Value": [uid]}
    return made


def body(**sequences: list[dict[str, Any]]) -> bytes:
    """Return a response module with these sequences."""
    tags = {"referenced": "00081199", "failed": "00081198", "others": "0008119A"}
    return orjson.dumps({tags[name]: {"vr": "SQ", "Value": items} for name, items in sequences.items()})


class TestAnInstanceThatIsListed:
    def test_as_referenced_is_stored(self) -> None:
        assert stored(200, body(referenced=[item()]), UID) == Stored(archive_id=UID)

    def test_with_a_warning_is_stored_and_the_warning_told(self) -> None:
        answer = stored(202, body(referenced=[item(t00081196=0xB006)]), UID)

        assert answer.warning is not None
        assert "discarded" in answer.warning

    @pytest.mark.parametrize("status", [200, 202, 409])
    def test_as_failed_is_not_stored_whatever_the_status(self, status: int) -> None:
        with pytest.raises(ArchiveRefusedError, match="C000"):
            stored(status, body(failed=[item(t00081197=0xC000)]), UID)

    @pytest.mark.parametrize("status", [200, 202, 409])
    def test_as_failed_for_want_of_resources_is_sent_again(self, status: int) -> None:
        with pytest.raises(ArchiveUnavailableError, match="A700"):
            stored(status, body(failed=[item(t00081197=0xA700)]), UID)

    def test_as_a_duplicate_is_there_already(self) -> None:
        assert stored(409, body(failed=[item(t00081197=0x0111)]), UID) == Stored(archive_id=UID)

    def test_as_failed_without_a_reason_is_refused(self) -> None:
        with pytest.raises(ArchiveRefusedError, match="no reason"):
            stored(200, body(failed=[item()]), UID)

    def test_in_a_list_of_one_module_is_read_too(self) -> None:
        assert stored(200, b"[" + body(referenced=[item()]) + b"]", UID) == Stored(archive_id=UID)

    def test_with_its_reason_as_a_string_is_read_too(self) -> None:
        with pytest.raises(ArchiveUnavailableError, match="A700"):
            stored(409, body(failed=[item(t00081197="42752")]), UID)


class TestAFailureThatNamesNoInstance:
    def test_is_that_of_ours_as_only_one_was_sent(self) -> None:
        with pytest.raises(ArchiveRefusedError, match="A900"):
            stored(409, body(others=[item(None, t00081197=0xA900)]), UID)

    def test_does_not_outweigh_that_it_was_stored(self) -> None:
        answer = body(referenced=[item()], others=[item(None, t00081197=0xC000)])

        assert stored(202, answer, UID) == Stored(archive_id=UID)


class TestAnAnswerThatSaysNothingOfTheInstance:
    @pytest.mark.parametrize(
        "content",
        [b"", b"<html>Please log in</html>", b"null", b"[]", b"{}", b"[" * 5000, body(referenced=[item(OTHER)])],
        ids=["nothing", "a page", "null", "a list", "an object", "deep", "another instance"],
    )
    def test_is_not_taken_for_stored(self, content: bytes) -> None:
        with pytest.raises(UnclearAnswerError):
            stored(200, content, UID)

    def test_is_a_refusal_if_there_was_a_conflict(self) -> None:
        with pytest.raises(ArchiveRefusedError, match="409"):
            stored(409, b"", UID)

    @pytest.mark.parametrize(
        "garbage",
        [
            {"00081199": 7},
            {"00081199": {"Value": "x"}},
            {"00081199": {"Value": [None, 3, "x", {"00081155": []}]}},
            {"00081198": {"Value": [{"00081155": {"Value": [{}]}}]}},
        ],
    )
    def test_and_is_not_built_as_it_should_be_does_no_harm(self, garbage: dict[str, Any]) -> None:
        with pytest.raises((UnclearAnswerError, ArchiveRefusedError)):
            stored(200, orjson.dumps(garbage), UID)


class TestAStatus:
    @pytest.mark.parametrize("status", [100, 301, 308, 401, 403, 404, 405, 429, 500, 503, 507])
    def test_that_the_site_or_time_will_mend_is_tried_again(self, status: int) -> None:
        with pytest.raises(ArchiveUnavailableError, match=str(status)):
            stored(status, b"", UID)

    @pytest.mark.parametrize("status", [400, 410, 413, 415, 422])
    def test_that_blames_the_object_is_final(self, status: int) -> None:
        with pytest.raises(ArchiveRefusedError, match=str(status)):
            stored(status, b"", UID)

    def test_is_told_without_the_words_of_the_archive(self) -> None:
        with pytest.raises(ArchiveRefusedError) as refused:
            stored(400, b"Patient Ek^Alma is unknown", UID)
        assert "Alma" not in str(refused.value)


class TestASearch:
    def test_finds_an_instance_among_others(self) -> None:
        found = [{"00080018": {"vr": "UI", "Value": [uid]}} for uid in (OTHER, UID)]

        assert is_listed(orjson.dumps(found), UID) is True

    def test_finds_none_in_an_empty_list_or_among_others(self) -> None:
        assert is_listed(b"[]", UID) is False
        assert is_listed(orjson.dumps([{"00080018": {"Value": [OTHER]}}, 7, None]), UID) is False

    @pytest.mark.parametrize("content", [b"", b"<html>", b"{}", b"7"])
    def test_that_is_answered_with_something_else_tells_nothing(self, content: bytes) -> None:
        assert is_listed(content, UID) is None
