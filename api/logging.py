"""
Log lines as JSON, without patient data.

The access log names the route's template, never the address. A failure that nobody foresaw is logged
by its type and its places in the code: its text might quote what an object or a request says.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from types import TracebackType

ACCESS = logging.getLogger("doseledger.access")
FAILURE = logging.getLogger("doseledger.failure")
_MOST_PLACES = 40  # reaches through a driver's frames to ours; a recursion has a thousand
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """One JSON object per line: time, level, logger, message, and what ``extra`` holds."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; of an exception only its type and places."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{key: value for key, value in vars(record).items() if key not in _STANDARD},
        }
        if record.exc_info and record.exc_info[1] is not None:
            line.update(told(record.exc_info[1]))
        return json.dumps(line, default=str)


def configure_logging(level: int = logging.INFO) -> None:
    """Send all log lines to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # else each question for readiness is two lines


def told(error: BaseException) -> dict[str, object]:
    """Return type and places of an error and of what caused it, without any of their texts."""
    chain: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        chain.append(type(current).__name__)
        current = current.__cause__ or current.__context__
    return {"error": " < ".join(chain), "places": _places(error.__traceback__)}


def _places(traceback: TracebackType | None) -> list[str]:
    places: list[str] = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        places.append(f"{code.co_filename}:{traceback.tb_lineno} {code.co_name}")
        traceback = traceback.tb_next
    return places[-_MOST_PLACES:]
