"""CT images that are kept in memory, in the place of an archive."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dose_worker.archive import ArchiveUnavailableError
from dose_worker.ct_images import DecodedSlice, HeldSlice, Reconstruction, ShownLocaliser, UndecodableImageError


@dataclass
class FakeCtImages:
    """Implements ``CtImages``; ``is_away`` has every call fail, ``undecodable`` that of decoding."""

    studies: dict[str, list[Reconstruction]] = field(default_factory=dict)
    decoded_slices: dict[str, DecodedSlice] = field(default_factory=dict)
    shown_localisers: list[ShownLocaliser] = field(default_factory=list)
    is_away: bool = False
    undecodable: str | None = None
    asked: int = 0

    def add(
        self,
        study_instance_uid: str,
        series_instance_uid: str,
        slices: Sequence[DecodedSlice],
        *,
        step_mm: float = 5.0,
    ) -> None:
        """Keep a series."""
        held = []
        for n, one in enumerate(slices):
            uid = f"{series_instance_uid}.{n}"
            held.append(HeldSlice(archive_id=uid, sop_instance_uid=uid, z_mm=n * step_mm))
            self.decoded_slices[uid] = one
        made = Reconstruction(
            series_instance_uid=series_instance_uid,
            event_uids=slices[0].event_uids,
            is_original=True,
            field_of_view_mm=400.0,
            slices=tuple(held),
            frame_of_reference_uid="2.25.8400",
        )
        self.studies.setdefault(study_instance_uid, []).append(made)

    def reconstructions(self, study_instance_uid: str) -> Sequence[Reconstruction]:
        """See ``CtImages``."""
        self._ask()
        return self.studies.get(study_instance_uid, [])

    def localisers(self, study_instance_uid: str) -> Sequence[ShownLocaliser]:
        """See ``CtImages``."""
        self._ask()
        return self.shown_localisers if study_instance_uid in self.studies else []

    def decoded(self, held: HeldSlice) -> DecodedSlice | None:
        """See ``CtImages``."""
        self._ask()
        if self.undecodable is not None:
            raise UndecodableImageError(self.undecodable)
        return self.decoded_slices.get(held.archive_id)

    def _ask(self) -> None:
        self.asked += 1
        if self.is_away:
            raise ArchiveUnavailableError("the archive cannot be reached")
