"""The rule of each class of numbers, for answers, pages and lines: what breaks it is returned."""

import re
from collections.abc import Iterator
from typing import Any

# A dose in sievert, or the name of a quantity that is one.
SIEVERT = re.compile(r"\d\s*(?:<[^>]*>\s*)*[mµu]?Sv\b|\b[mµu]?Sv\b|_[mu]sv\b")
_ROW = re.compile(r"<tr>.*?</tr>|<li.*?</li>|<p.*?</p>", re.DOTALL)


def faults(body: Any, place: str = "") -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield where an answer has an estimate without interval or method, or a dose in sievert without more."""
    if isinstance(body, dict):
        if _is_estimate(body) and not _is_sure(body):
            yield f"{place}: an estimate without interval or method"
        if _is_in_sievert(body) and not (body.get("statement") and body.get("class") and _is_sure_or_stated(body)):
            yield f"{place}: a bare dose in sievert"
        for key, value in body.items():
            yield from faults(value, f"{place}.{key}")
    elif isinstance(body, list):
        for number, one in enumerate(body):
            yield from faults(one, f"{place}[{number}]")


def faults_of_page(html: str) -> Iterator[str]:
    """Yield the rows of a page that show a dose in sievert without an interval, or without the statement beside it."""
    rows = [row for row in _ROW.findall(html) if SIEVERT.search(re.sub(r"<[^>]+>", " ", row))]
    if rows and "must not be used to estimate individual risk" not in html:
        yield "the statement is missing"
    for row in rows:
        if "not stated" not in row and not re.search(r"\d to \d", row) and "<dt>" not in row and "value" not in row:
            yield row


def _is_estimate(body: dict[str, Any]) -> bool:
    is_ours = body.get("class") == "estimate" or body.get("basis") == "estimate"
    is_ours = is_ours or body.get("certainty") == "estimate" or "method_id" in body
    return is_ours and isinstance(body.get("value"), float | int)


def _is_sure(body: dict[str, Any]) -> bool:
    """Tell if interval, its source and the method stand in it, or in what explains it."""
    told = body.get("estimate") or body
    interval = told.get("interval") or body.get("estimated") or {}
    has_method = bool(told.get("method_id") and told.get("method_version")) or bool(interval.get("methods"))
    return has_method and {"low", "high", "coverage", "source"} <= set(interval) and bool(interval["source"])


def _is_in_sievert(body: dict[str, Any]) -> bool:
    # An input and a part name their own unit beside the value that they explain.
    return str(body.get("unit") or "").endswith("Sv") and "quantity" in body | (
        {"quantity": 0} if "rule" in body else {}
    )


def _is_sure_or_stated(body: dict[str, Any]) -> bool:
    if body["class"] == "estimate":
        return _is_sure(body)
    return body.get("interval") == "not stated" or "stated_method" in body
