"""Tests of dose_core.stored_instance."""

import pytest
from pydicom.dataset import Dataset

from dose_core.classify import ObjectKind
from dose_core.contract import CopyOf, Origin
from dose_core.header_cut import HeaderError, cut_header
from dose_core.stored_instance import StoredInstance, instance_of_metadata
from tests.builders.dicom_files import ct_slice, dose_report, file_of, mr_slice
from tests.builders.dose_screen import dose_screen

ID = "ab-1"


def stored(dataset: Dataset, **metadata: str) -> StoredInstance | None:
    return instance_of_metadata(cut_header(file_of(dataset)), orthanc_id=ID, metadata=metadata)


class TestWhatIsHandedIn:
    @pytest.mark.parametrize(
        ("dataset", "kind"),
        [
            (dose_report(), ObjectKind.WHOLE),
            (ct_slice(), ObjectKind.HEADER),
            (dose_screen(SeriesDescription="Dose Report"), ObjectKind.HEADER),
        ],
        ids=["report", "image", "screen"],
    )
    def test_names_the_instance_and_its_kind(self, dataset: Dataset, kind: ObjectKind) -> None:
        found = stored(dataset, RemoteAET="CT_1", Origin="DicomProtocol")

        assert found is not None
        assert (found.kind, found.sop_instance_uid) == (kind, dataset.SOPInstanceUID)
        assert (found.orthanc_id, found.calling_aet, found.origin) == (ID, "CT_1", Origin.DICOM)
        envelope = found.envelope(b"bytes")
        assert (envelope.is_header, envelope.dicom) == (kind is ObjectKind.HEADER, b"bytes")

    @pytest.mark.parametrize(
        "dataset",
        [mr_slice(), dose_screen(SeriesDescription="3D view")],
        ids=["without radiation", "a picture"],
    )
    def test_is_nothing_of_what_states_no_dose(self, dataset: Dataset) -> None:
        assert stored(dataset) is None

    def test_has_an_origin_where_orthanc_tells_none(self) -> None:
        found = stored(ct_slice())

        assert found is not None
        assert (found.origin, found.calling_aet) == (Origin.CATCH_UP, None)

    def test_must_name_its_series(self) -> None:
        with pytest.raises(HeaderError, match="Series Instance UID"):
            stored(ct_slice(SeriesInstanceUID=""))


class TestACopy:
    @pytest.mark.parametrize(
        ("metadata", "copy_of"),
        [
            ({}, None),
            ({"AnonymizedFrom": "ab-0"}, CopyOf.ANONYMIZED),
            ({"ModifiedFrom": "ab-0"}, CopyOf.MODIFIED),
            ({"AnonymizedFrom": "ab-0", "ModifiedFrom": "ab-0"}, CopyOf.ANONYMIZED),
        ],
    )
    def test_is_told_by_what_orthanc_made_it_from(self, metadata: dict[str, str], copy_of: CopyOf | None) -> None:
        found = stored(dose_report(), **metadata)

        assert found is not None
        assert found.copy_of is copy_of

    def test_is_not_what_orthanc_modified_in_its_place(self) -> None:
        """It was made from itself: there is no other that it could be a copy of."""
        found = stored(dose_report(), ModifiedFrom=ID)

        assert found is not None
        assert found.copy_of is None

    def test_is_what_somebody_else_anonymised(self) -> None:
        found = stored(dose_report(PatientIdentityRemoved="YES"))

        assert found is not None
        assert found.copy_of is CopyOf.ANONYMIZED
