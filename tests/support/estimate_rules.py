"""The rule of each class of numbers, for answers, pages, lines and documents: what breaks it is returned."""

import re
from collections.abc import Iterator
from typing import Any

from pydicom.dataset import Dataset

from tests.support.content import items, numbers, texts

# A dose in sievert, or the name of a quantity that is one.
SIEVERT = re.compile(r"\d\s*(?:<[^>]*>\s*)*[mµu]?Sv\b|\b[mµu]?Sv\b|_[mu]sv\b")
_STATEMENT = "must not be used to estimate individual risk"
# PS3.16: what a patient dose report of ours tells doses under, and what must stand with each.
_EFFECTIVE = "113839"
_DOSES = ("113930", "128531", "128533", _EFFECTIVE)
_LOWER, _UPPER, _HOW_SURE = "371885007", "371886008", "128511"
_NAME, _SOURCE, _COMMENT = "128403", "128482", "121106"
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
    if rows and _STATEMENT not in html:
        yield "the statement is missing"
    for row in rows:
        if "not stated" not in row and not re.search(r"\d to \d", row) and "<dt>" not in row and "value" not in row:
            yield row


def faults_of_document(document: Dataset) -> Iterator[str]:
    """Yield where a DICOM report of ours tells an estimate without interval or method, or a bare dose in sievert."""
    doses = [item for concept in _DOSES for item in items(document, concept)]
    if not doses:
        yield "no dose stands under a concept that the rule knows"
    for item in doses:
        bounds = [*numbers(item, _LOWER), *numbers(item, _UPPER)]
        if len(bounds) != 2 or any(one is None or one < 0 for one in bounds) or not any(texts(item, _HOW_SURE)):
            yield f"{item.ConceptNameCodeSequence[0].CodeValue}: an estimate without interval"
    if not all(re.fullmatch(r"\S+, version \S+", one) for one in texts(document, _NAME) or [""]):
        yield "no method is named"
    if not any(texts(document, _SOURCE)):
        yield "the method has no source"
    if items(document, _EFFECTIVE) and _STATEMENT not in "".join(texts(document, _COMMENT)):
        yield "a bare dose in sievert"


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
