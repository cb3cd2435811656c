"""A subject report as a page that a person can read and print."""

from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from dose_services.subject_report import ReportedTotal, SubjectReport
from dose_services.value_words import QUANTITIES, part_words, unit_of_quantity

# The doses of an event, by the column that holds each; the rest stands in the JSON.
_DOSES = {
    "ctdi_vol_mgy": "CTDIvol {} mGy",
    "dlp_mgy_cm": "DLP {} mGy·cm",
    "dap_gy_cm2": "dose-area product {} Gy·cm²",
    "ka_r_mgy": "air kerma at the reference point {} mGy",
    "agd_mgy": "average glandular dose {} mGy",
    "administered_activity_mbq": "administered activity {} MBq",
}


def render(report: SubjectReport) -> str:
    """Return the page; everything in it is escaped, and it loads nothing."""
    pages = Environment(
        loader=PackageLoader("doseledger", package_path="."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters |= {"instant": _instant, "total_words": _total, "unit": _unit, "doses": _doses, "told": _told}
    return pages.get_template("subject_report.html").render(report=report)


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def _total(total: ReportedTotal) -> str:
    return ", ".join(filter(None, (QUANTITIES[total.quantity], part_words(total.quantity, total.of))))


def _unit(total: ReportedTotal) -> str:
    return unit_of_quantity(total.quantity) or ""


def _doses(event: dict[str, Any]) -> str:
    return "; ".join(words.format(event[name]) for name, words in _DOSES.items() if event.get(name) is not None)


def _told(change: dict[str, Any] | None) -> str:
    if change is None:
        return "made unreadable"
    return ", ".join(f"{name} {value}" for name, value in change.items() if value is not None)
