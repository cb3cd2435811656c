"""Tests of api.logging."""

import json
import logging
import sys

from api.logging import JsonLines, told


def refuse(message: str) -> None:
    raise KeyError(message)


def failed(message: str) -> BaseException:
    try:
        refuse(message)
    except KeyError as cause:
        error = ValueError(message)
        error.__cause__ = cause
        return error
    raise AssertionError


class TestALogLine:
    def test_holds_the_message_and_what_was_added(self) -> None:
        record = logging.makeLogRecord(
            {"name": "doseledger.x", "msg": "object stored", "levelname": "INFO", "uid": "1.2"}
        )

        line = json.loads(JsonLines().format(record))

        assert (line["message"], line["logger"], line["level"], line["uid"]) == (
            "object stored",
            "doseledger.x",
            "info",
            "1.2",
        )

    def test_tells_an_exception_by_type_and_place_only(self) -> None:
        try:
            raise failed("Example^Anna")
        except ValueError:
            record = logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()})

        text = JsonLines().format(record)

        assert "Anna" not in text
        assert json.loads(text)["error"] == "ValueError < KeyError"
        assert any(
            place.endswith(" test_tells_an_exception_by_type_and_place_only") for place in json.loads(text)["places"]
        )

    def test_of_an_endless_recursion_stays_short(self) -> None:
        def endless() -> None:
            endless()

        try:
            endless()
        except RecursionError as error:
            places = told(error)["places"]

        assert isinstance(places, list)
        assert len(places) <= 40
