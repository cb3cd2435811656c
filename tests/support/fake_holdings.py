"""An archive in memory that is read from one end to the other, and that may fail at it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dose_core.header_cut import SOP_CLASS_UID, SOP_INSTANCE_UID, STUDY_INSTANCE_UID, CutHeader, cut_header
from dose_worker.holdings import Held


@dataclass
class FakeHoldings:
    """
    Holds files by the archive's id, which is their SOP Instance UID.

    ``before`` runs before each call, with its name and what it asks for, and may raise or change what is held.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    before: Callable[[str, str], None] = lambda _call, _what: None
    calls: list[tuple[str, str]] = field(default_factory=list)

    def store(self, dicom: bytes) -> str:
        """Hold one more file, and return its id."""
        uid = cut_header(dicom).text(SOP_INSTANCE_UID) or ""
        self.files[uid] = dicom
        return uid

    def study_ids(self, *, since: int, limit: int) -> Sequence[str]:
        """See ``Holdings``; in the order in which studies came."""
        self._note("study_ids", str(since))
        studies = list(dict.fromkeys(_text(file, STUDY_INSTANCE_UID) for file in self.files.values()))
        return studies[since : since + limit]

    def instances(self, study_id: str) -> Sequence[Held]:
        """See ``Holdings``."""
        self._note("instances", study_id)
        return [
            Held(uid, uid, f"series of {study_id}", len(file))
            for uid, file in self.files.items()
            if _text(file, STUDY_INSTANCE_UID) == study_id
        ]

    def modality(self, series_id: str) -> str | None:
        """See ``Holdings``."""
        self._note("modality", series_id)
        return None

    def metadata(self, held: Held) -> Mapping[str, str] | None:
        """See ``Holdings``."""
        self._note("metadata", held.orthanc_id)
        file = self.files.get(held.orthanc_id)
        return None if file is None else {"SopClassUid": _text(file, SOP_CLASS_UID)}

    def header(self, held: Held) -> CutHeader | None:
        """See ``Holdings``."""
        self._note("header", held.orthanc_id)
        file = self.files.get(held.orthanc_id)
        return None if file is None else cut_header(file)

    def file(self, held: Held) -> bytes | None:
        """See ``Holdings``."""
        self._note("file", held.orthanc_id)
        return self.files.get(held.orthanc_id)

    def _note(self, call: str, what: str) -> None:
        self.calls.append((call, what))
        self.before(call, what)


def _text(file: bytes, tag: int) -> str:
    return cut_header(file).text(tag) or ""
