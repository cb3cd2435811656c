"""Addresses that open a study, a series or an object in the viewer of the PACS."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from dose_core.errors import DoseError

_PLACEHOLDERS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "OrthancID", "AccessionNumber")
_NAMED = re.compile(r"\{([A-Za-z]+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


class UnusableTemplateError(DoseError):
    """The address of the viewer cannot be worked with; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a viewer shall open, as far as it is known; ``orthanc_id`` is Orthanc's own id of the instance."""

    study_instance_uid: str | None = None
    series_instance_uid: str | None = None
    sop_instance_uid: str | None = None
    orthanc_id: str | None = None
    accession_number: str | None = None


@dataclass(frozen=True, slots=True)
class ViewerTemplate:
    """
    The address of the viewer with places for UIDs.

    ``{StudyInstanceUID}``, ``{SeriesInstanceUID}``, ``{SOPInstanceUID}``, ``{OrthancID}`` and ``{AccessionNumber}`` are
    replaced; a part in square brackets is left out where one in it is not known. Nothing else of a patient ever stands
    in it.

    Raises:
        UnusableTemplateError: it is no http address, or names another placeholder.
    """

    text: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.text.replace("[", "").replace("]", ""))
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise UnusableTemplateError("must start with http:// or https:// and name a host")
        unknown = sorted(set(_NAMED.findall(self.text)) - set(_PLACEHOLDERS))
        if unknown:
            msg = f"knows no {{{unknown[0]}}}; use {', '.join(f'{{{name}}}' for name in _PLACEHOLDERS)}"
            raise UnusableTemplateError(msg)

    def address(self, opened: Opened) -> str | None:
        """Return the address that opens this; ``None`` if it cannot be made of what is known."""
        stated = (
            opened.study_instance_uid,
            opened.series_instance_uid,
            opened.sop_instance_uid,
            opened.orthanc_id,
            opened.accession_number,
        )
        known = {name: quote(one, safe="") for name, one in zip(_PLACEHOLDERS, stated, strict=True) if one}
        made = _OPTIONAL.sub(lambda part: part[1] if set(_NAMED.findall(part[1])) <= known.keys() else "", self.text)
        if not set(_NAMED.findall(made)) <= known.keys():
            return None
        return _NAMED.sub(lambda named: known[named[1]], made)


def orthanc_explorer_2(orthanc: str) -> ViewerTemplate:
    """Return the address under which Orthanc Explorer 2 shows a study with its series."""
    return ViewerTemplate(
        orthanc.rstrip("/") + "/ui/app/#/filtered-studies?StudyInstanceUID={StudyInstanceUID}&expand=series"
    )
