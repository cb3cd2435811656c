"""Values as people read them. What is not stated is shown as such, never as zero."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from dose_core.dosimetry.estimate import Estimate, Input, Interval
from dose_core.ledger.region import Region
from dose_core.ledger.totals import Estimated
from dose_core.model import DeviceStated

NOT_STATED = "not stated"
_SEX = {"M": "male", "F": "female", "O": "other"}  # PS3.3, C.7.1.1, (0010,0040)
_TWO_DIGITS_BELOW = 0.1
_TWO_DECIMALS_BELOW = 10
_ONE_DECIMAL_BELOW = 1000
_SECONDS_BELOW = 60
_UNITS = {  # of dose_core.units
    "mGy.cm": "mGy·cm",
    "Gy.cm2": "Gy·cm²",
    "cm2": "cm²",
    "mA.s": "mAs",
    "deg": "°",
}


def number(value: float | None) -> str:
    """Return a number with as many decimals as a reader needs; the exact text stands with its source."""
    if value is None:
        return NOT_STATED
    size = abs(value)
    if 0 < size < _TWO_DIGITS_BELOW:
        return f"{value:.2g}"
    if size < _TWO_DECIMALS_BELOW:
        return f"{value:.2f}"
    return f"{value:.1f}" if size < _ONE_DECIMAL_BELOW else f"{value:.0f}"


def unit(code: str | None) -> str:
    """Return a unit as it is printed, empty where there is none."""
    return _UNITS.get(code or "", code or "")


def amount(value: float | None, code: str | None) -> tuple[str, str]:
    """Return a number and its unit as people read them; long times in minutes and seconds."""
    if code == "s" and value is not None and value >= _SECONDS_BELOW:
        minutes, seconds = divmod(round(value), 60)
        return f"{minutes} min {seconds:02d} s", ""
    return number(value), unit(code)


def interval(estimate: Estimate) -> str:
    """Return within which the true value lies, and how surely if a publication tells."""
    return bounds(estimate.interval, estimate.unit)


def bounds(its: Interval | Estimated, code: str | None) -> str:
    """Return an interval in this unit, and how surely the true value lies within it if a publication tells."""
    low, high = amount(its.low, code)[0], " ".join(amount(its.high, code)).rstrip()
    sure = f", {its.coverage:.0%} coverage" if its.coverage is not None else ""
    return f"{low} to {high}{sure}"


def estimated(its: Estimated | None, code: str | None) -> str | None:
    """Return interval and methods of a total that DoseLedger computed, ``None`` of another."""
    return f"{bounds(its, code)}, by {', '.join(its.methods)}" if its else None


def input_words(one: Input) -> str:
    """Return one thing that an estimate was made of, in words."""
    value = one.value if isinstance(one.value, str) else f"{one.value:.6g} {unit(one.unit)}".rstrip()
    return f"{one.name}: {value}"


def region(named: Region | None) -> str:
    """Return an anatomical region in words."""
    if named is Region.SEVERAL:
        return "several regions"
    return named.value.replace("_", " ") if named else "region not known"


def person_name(name: str | None) -> str:
    """Return a DICOM person name (PS3.5, 6.2.1.2) as "Family, Given Middle", other scripts behind it."""
    if not name:
        return NOT_STATED
    groups = [_name_group(group) for group in name.split("=")]
    written = [group for group in groups if group]
    if not written:
        return NOT_STATED
    return written[0] if len(written) == 1 else f"{written[0]} ({', '.join(written[1:])})"


def _name_group(group: str) -> str:
    family, given, middle, title, suffix = (*(part.strip() for part in group.split("^")), "", "", "", "", "")[:5]
    behind = " ".join(part for part in (title, given, middle) if part)
    named = ", ".join(part for part in (family, behind) if part)
    return f"{named}, {suffix}" if suffix else named


def sex(code: str | None) -> str:
    """Return a patient's sex in words."""
    return _SEX.get(code or "", NOT_STATED)


def day(value: date | None) -> str:
    """Return a date as ISO 8601, which no reader takes for another day."""
    return NOT_STATED if value is None else value.isoformat()


def local_time(stated: str | None, zone: ZoneInfo) -> str:
    """Return a stated time as the site's local time; one without offset is local already."""
    if stated is None:
        return NOT_STATED
    at = datetime.fromisoformat(stated)
    return (at.astimezone(zone) if at.tzinfo else at).strftime("%Y-%m-%d %H:%M")


def device_name(device: DeviceStated) -> str:
    """Return the device in a few words."""
    model = " ".join(part for part in (device.manufacturer, device.model) if part)
    return " · ".join(part for part in (model, device.station_name) if part) or NOT_STATED
