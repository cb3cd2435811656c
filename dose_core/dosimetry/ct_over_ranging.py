"""
How long a CT scan may have irradiated beyond the slices that its images show.

What is published of over-ranging speaks of rotations, or of centimetres on scanners of few rows; the headers of most
images tell how far a rotation goes (collimation and pitch), by which rotations become millimetres.
"""

from dataclasses import dataclass

# The most that any of four scanners of 16 rows needed, at its lowest pitch. With higher pitch it is less.
_MOST_ROTATIONS = 4.04
# The longest of which a measurement was found: six rows, preset protocol of the chest, by film.
_LONGEST_MM = 66.0
_ROTATIONS_SOURCE = (
    "van der Molen and Geleijns, Radiology 2007;242:208-216, abstract: at most 4.04 rotations beyond the slices on "
    "four 16-row scanners; times pitch and total collimation"
)
_LENGTH_SOURCE = (
    "The impact of overscan on patient dose with first generation multislice CT scanners, abstract: 6.6 cm on six "
    "rows; van der Molen and Geleijns, Radiology 2007;242:208-216, abstract: 3.2 to 5.8 cm on 16 rows"
)
_FEED_NOT_STATED = (
    "collimation or pitch is not stated: scanners of 64 rows and more over-range much farther than the interval allows "
    "(Schilham et al., RadioGraphics 2010;30:1057-1067)"
)
_SEQUENCED_SOURCE = (
    "IEC 60601-2-44: without a spiral DLP counts each rotation with the distance to the next, which the slices show "
    "but for one gap"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """How the slices were irradiated, as far as their headers tell. ``is_spiral`` is ``None`` if they do not."""

    is_spiral: bool | None = None
    total_collimation_mm: float | None = None
    pitch: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotShown:
    """The longest irradiated length that no slice shows, in mm, what says so, and what the bound leaves out."""

    length_mm: float
    source: str
    caveats: tuple[str, ...]


def not_shown(scan: Scan, *, gap_mm: float) -> NotShown:
    """
    Return how much longer than the slices the irradiation may have been; ``gap_mm`` is the widest between slices.

    A scan that does not tell if it is a spiral is taken for one, since that bound is the wider.
    """
    if scan.is_spiral is False:
        return NotShown(length_mm=gap_mm, source=_SEQUENCED_SOURCE, caveats=())
    if scan.total_collimation_mm and scan.pitch:
        return NotShown(
            length_mm=_MOST_ROTATIONS * scan.pitch * scan.total_collimation_mm,
            source=_ROTATIONS_SOURCE,
            caveats=("over-ranging is not included",),
        )
    return NotShown(
        length_mm=_LONGEST_MM,
        source=_LENGTH_SOURCE,
        caveats=(
            "over-ranging is not included",
            _FEED_NOT_STATED,
        ),
    )
