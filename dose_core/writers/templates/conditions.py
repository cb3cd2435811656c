"""
The conditions of template rows, by the names that ``rows.csv`` gives them.

Source: PS3.16, TID 10001 to 10015, column Condition; each function says in its docstring what the standard asks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf

MAMMOGRAPHY, PROJECTION = "71651007", "113704"  # Procedure reported
FLUOROSCOPY_GUIDED, INTEGRATED, CASSETTE = "113957", "113958", "113959"  # CID 10032
FLUOROSCOPY, ROTATIONAL = "44491008", "113613"  # CID 10002
PULSED = "113631"  # CID 10004
MPPS, COPIED, COMPUTED = "113858", "113866", "113867"  # CID 10020
YES, NO = "373066001", "373067005"  # CID 230
_CONSTANT_ANGLE = "113805"  # CID 10013
_MOVING = frozenset({"116152004", "113804"})  # CID 10013: Spiral, Sequenced
_INTO_VEIN_OR_MUSCLE = frozenset({"47625008", "78421000"})  # CID 11: Intravenous, Intramuscular route
_RP_TOTALS = ("NUM 113725", "NUM 113728", "NUM 113729")
_Z_LOCATIONS = ("NUM 113895", "NUM 113896", "NUM 113897", "NUM 113898")
# TID 10015: a forward estimate, and the value that was configured for it
_DLP_ALERT, _CTDIVOL_ALERT = ("113905", "113903"), ("113906", "113904")
_DLP_NOTIFICATION, _CTDIVOL_NOTIFICATION = ("113913", "113911"), ("113914", "113912")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What conditions ask of a whole report; code values as of today's standard."""

    procedure: str | None = None
    device_type: str | None = None
    sources: frozenset[str] = frozenset()  # of dose information
    not_available: frozenset[str] = frozenset()  # 113945, 113943, 113944 whose answer is No
    has_fluoroscopy: bool = False  # of any event
    phantoms: frozenset[str] = frozenset()  # of all CT events
    observer_irradiates: bool = False

    @property
    def is_mpps_alone(self) -> bool:
        """Whether no source but a performed procedure step told the dose."""
        return self.sources <= {MPPS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    Where a row stands: the report, and the items beside it.

    ``present`` holds value type and code value of each sibling, as ``"NUM 113738"``; ``codes`` the code value that a
    sibling of type CODE has, or that an item above has; ``numbers`` the value of each sibling of type NUM that has one.
    """

    facts: Facts
    present: frozenset[str] = frozenset()
    codes: Mapping[str, str]
    numbers: Mapping[str, float] = field(default_factory=dict)


Condition = Callable[[Place], bool]


def _is_projection(place: Place) -> bool:
    return place.facts.procedure == PROJECTION


def _is_fluoroscopy_or_open(place: Place) -> bool:
    return place.facts.device_type == FLUOROSCOPY_GUIDED or (_is_projection(place) and place.facts.device_type is None)


def _has_rp_total(place: Place) -> bool:
    return any(total in place.present for total in _RP_TOTALS)


def _without(first: str, *needed: str) -> Condition:
    """Return the condition that one of ``needed`` is there (if any is named) and ``first`` is not."""
    return lambda place: first not in place.present and (not needed or any(one in place.present for one in needed))


def _exceeds(*pairs: tuple[str, str]) -> Condition:
    """Return the condition that the first number of a pair exceeds the second; one that is not known exceeds none."""
    return lambda place: any(
        place.numbers.get(forward, -inf) > place.numbers.get(configured, inf) for forward, configured in pairs
    )


def _is_yes(answer: str) -> Condition:
    return lambda place: place.codes.get(answer) == YES


def _available(answer: str) -> Condition:
    return lambda place: answer not in place.facts.not_available


CONDITIONS: Mapping[str, Condition] = {
    # TID 10001
    "sources-need-events": lambda place: not place.facts.sources <= {MPPS, COPIED, COMPUTED},
    # TID 10002
    "fluoroscopy-totals": _is_fluoroscopy_or_open,
    "radiography-totals": lambda place: place.facts.device_type == INTEGRATED or _is_fluoroscopy_or_open(place),
    "cassette": lambda place: place.facts.device_type == CASSETTE,
    "mammography": lambda place: place.facts.procedure == MAMMOGRAPHY,
    "another-device-irradiates": lambda place: not place.facts.observer_irradiates,
    # TID 10003
    "projection": _is_projection,
    "mammography-with-detector-data": lambda place: (
        place.facts.procedure == MAMMOGRAPHY and "113945" not in place.facts.not_available
    ),
    "entrance-dose-without-coded-point": _without("CODE 113780", "NUM 111636"),
    "entrance-dose-without-text-point": _without("TEXT 113780", "NUM 111636"),
    "detector-data": _available("113945"),
    "source-data": _available("113943"),
    "mechanical-data": _available("113944"),
    # TID 10003B
    "projection-not-only-mpps": lambda place: _is_projection(place) and not place.facts.is_mpps_alone,
    "rp-dose-without-coded-point": _without("CODE 113780", "NUM 113738"),
    "rp-dose-without-text-point": _without("TEXT 113780", "NUM 113738"),
    "fluoroscopy-event": lambda place: place.codes.get("113721") == FLUOROSCOPY,
    "pulsed": lambda place: place.codes.get("113732") == PULSED,
    "pulsed-or-no-mode": lambda place: place.codes.get("113732", PULSED) == PULSED,
    "no-exposure": _without("NUM 113736"),
    "neither-current-nor-time": lambda place: not {"NUM 113734", "NUM 113824"} & place.present,
    # TID 10003C
    "no-column-angle": _without("NUM 113770"),
    "no-positioner-angle": lambda place: not {"NUM 112011", "NUM 112012"} & place.present,
    "rotational": lambda place: place.codes.get("113721") == ROTATIONAL,
    # TID 10004, 10007
    "no-mpps": lambda place: MPPS not in place.facts.sources,
    "integrated-or-no-mpps": lambda place: place.facts.device_type == INTEGRATED or MPPS not in place.facts.sources,
    "not-only-mpps": lambda place: not place.facts.is_mpps_alone,
    "any-fluoroscopy": lambda place: place.facts.has_fluoroscopy,
    "any-fluoroscopy-not-only-mpps": lambda place: place.facts.has_fluoroscopy and not place.facts.is_mpps_alone,
    "rp-total-without-text-point": _without("TEXT 113780", *_RP_TOTALS),
    "rp-total-without-coded-point": _without("CODE 113780", *_RP_TOTALS),
    # TID 10012 to 10014
    "several-phantoms": lambda place: len(place.facts.phantoms) > 1,
    "spiral-or-sequenced": lambda place: place.codes.get("113820") in _MOVING,
    "not-constant-angle": lambda place: place.codes.get("113820") != _CONSTANT_ANGLE,
    "any-z-location": lambda place: any(one in place.present for one in _Z_LOCATIONS),
    # TID 10015
    "dlp-alert-configured": _is_yes("113901"),
    "ctdivol-alert-configured": _is_yes("113902"),
    "dlp-alert": _exceeds(_DLP_ALERT),
    "ctdivol-alert": _exceeds(_CTDIVOL_ALERT),
    "any-alert": _exceeds(_DLP_ALERT, _CTDIVOL_ALERT),
    "dlp-notification-configured": _is_yes("113909"),
    "ctdivol-notification-configured": _is_yes("113910"),
    "dlp-notification": _exceeds(_DLP_NOTIFICATION),
    "ctdivol-notification": _exceeds(_CTDIVOL_NOTIFICATION),
    "any-notification": _exceeds(_DLP_NOTIFICATION, _CTDIVOL_NOTIFICATION),
    # TID 10022, 10023
    "intravenous-or-intramuscular": lambda place: place.codes.get("410675002") in _INTO_VEIN_OR_MUSCLE,
    "no-authority-in-words": _without("TEXT 121406"),
    "no-coded-authority": _without("CODE 121406"),
    # TID 2010
    "neither-image-nor-waveform": lambda place: not {"IMAGE ", "WAVEFORM "} & place.present,
    # TID 10033: what a method leaves out or asks for stands in no report, so that the writer alone sees to it
    "told-by-no-report": lambda _: False,
    # TID 1002
    "device-observer": lambda place: place.codes.get("121005") == "121007",
}


def holds(name: str | None, place: Place) -> bool:
    """Test if a condition holds there; a row without a condition always counts."""
    return name is None or CONDITIONS[name](place)
