"""
Values that no exam can have; they count as unknown.

Readers refuse most of them. What a negative, endless or absurd number would do to a sum no finding could undo, so
that it is looked at again here, for statements of readers that others wrote too.

The limits are what the strongest tube gives in a whole day, and no patient is ever near them: its anode gives off some
5 kW, 50 mA at 100 kV, which makes 4e6 mAs a day; at 0.1 mGy/mAs in 1 m (IPEM Report 78) that are 4e5 mGy, 1e6 mGy at
the patient, on 1,600 cm2 of a detector 7e5 Gy.cm2, over 16 cm of a CT detector 1e7 mGy.cm. An activity of 1 TBq is more
than a hundred of the usual therapies (7.4 GBq of iodine-131 or lutetium-177).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from dose_core.ledger.exam import Statement
from dose_core.model import (
    CtReport,
    DoseReport,
    MammographyReport,
    NuclearReport,
    ProjectionReport,
)

_DAY_S = 86_400.0
_MGY, _GY_CM2, _MGY_CM, _MBQ = 1e6, 1e6, 1e7, 1e6
_LIMITS = {
    "ctdi_vol_mgy": _MGY,
    "dlp_mgy_cm": _MGY_CM,
    "dap_gy_cm2": _GY_CM2,
    "fluoro_dap_gy_cm2": _GY_CM2,
    "acquisition_dap_gy_cm2": _GY_CM2,
    "ka_r_mgy": _MGY,
    "fluoro_ka_r_mgy": _MGY,
    "acquisition_ka_r_mgy": _MGY,
    "entrance_dose_mgy": _MGY,
    "duration_s": _DAY_S,
    "scene_time_s": _DAY_S,
    "fluoro_time_s": _DAY_S,
    "acquisition_time_s": _DAY_S,
    "agd_mgy": _MGY,
    "agd_left_mgy": _MGY,
    "agd_right_mgy": _MGY,
    "agd_both_mgy": _MGY,
    "administered_activity_mbq": _MBQ,
}
_CT = ("ctdi_vol_mgy", "dlp_mgy_cm")
_PROJECTION = ("dap_gy_cm2", "ka_r_mgy", "entrance_dose_mgy", "duration_s", "scene_time_s")
_SPLIT = tuple(name for name in _LIMITS if name.startswith(("fluoro_", "acquisition_")))
_PLANE = ("dap_gy_cm2", "ka_r_mgy", "entrance_dose_mgy", *_SPLIT)
_MAMMOGRAPHY = ("agd_mgy", "entrance_dose_mgy")
_BREASTS = ("agd_left_mgy", "agd_right_mgy", "agd_both_mgy", "entrance_dose_mgy")

ReportT = TypeVar("ReportT", bound=DoseReport)
T = TypeVar("T")


class Impossible:
    """Notes what was not believed."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._found: dict[str, list[float]] = defaultdict(list)

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Say of each quantity how many values were beyond belief; no patient data."""
        return tuple(
            f"{len(values)} value(s) of {name} are none that an exam can have, such as {max(values, key=repr):g}; "
            "they count as unknown"
            for name, values in sorted(self._found.items())
        )

    def without(self, statement: Statement[ReportT]) -> Statement[ReportT]:
        """Return the statement with impossible values as unknown; the same one if it has none."""
        report = self._checked(statement.report)
        return statement if report is statement.report else replace(statement, report=report)

    def _checked(self, report: Any) -> Any:  # noqa: ANN401  one of four shapes comes back as it came
        match report:
            case CtReport():
                totals: Any = self._of(report.totals, ("dlp_mgy_cm",))
                totals = self._within(totals, "dlp_sub_totals", ("dlp_mgy_cm",))
                report = self._within(report, "events", _CT)
            case ProjectionReport():
                totals = self._within(self._of(report.totals, ("dap_gy_cm2",)), "planes", _PLANE)
                report = self._within(report, "events", _PROJECTION)
            case MammographyReport():
                totals = self._of(report.totals, _BREASTS)
                report = self._within(report, "events", _MAMMOGRAPHY)
            case NuclearReport():
                return self._within(report, "events", ("administered_activity_mbq",))
            case _:
                return report
        return report if totals is report.totals else replace(report, totals=totals)

    def _within(self, owner: T, name: str, fields: Sequence[str]) -> T:
        stated = getattr(owner, name)
        checked = tuple(self._of(one, fields) for one in stated)
        is_same = all(one is other for one, other in zip(stated, checked, strict=True))
        return owner if is_same else replace(owner, **{name: checked})  # type: ignore[type-var]  # a frozen dataclass

    def _of(self, value: T, fields: Sequence[str]) -> T:
        wrong = [
            name
            for name in fields
            if (number := getattr(value, name)) is not None and not 0.0 <= number <= _LIMITS[name]
        ]
        if not wrong:
            return value
        for name in wrong:
            self._found[name].append(getattr(value, name))
        return replace(value, **dict.fromkeys(wrong))  # type: ignore[type-var]  # a frozen dataclass
