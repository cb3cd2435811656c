"""Tests of dose_core.classify."""

import pydicom.uid
import pytest
from pydicom._uid_dict import UID_dictionary

from dose_core.classify import (
    DOSE_IMAGE_SOP_CLASSES,
    DOSE_REPORT_SOP_CLASSES,
    SECONDARY_CAPTURE_SOP_CLASSES,
    ObjectKind,
    ScreenCues,
    classify,
    copy_made_by_orthanc,
    may_reject,
    may_state_dose,
)
from dose_core.contract import CopyOf
from tests.builders.dicom import DEFLATED, part10
from tests.builders.rejection_note import (
    OF_INTEREST,
    PATIENT_SAFETY,
    QUALITY,
    RETENTION,
    WRONG_WORKLIST_ENTRY,
    rejection_note_bytes,
)
from tests.builders.sr import Concept

KEY_OBJECTS = pydicom.uid.KeyObjectSelectionDocumentStorage


class TestClassify:
    @pytest.mark.parametrize(
        "sop_class_uid",
        [
            pydicom.uid.XRayRadiationDoseSRStorage,
            pydicom.uid.RadiopharmaceuticalRadiationDoseSRStorage,
            pydicom.uid.PatientRadiationDoseSRStorage,
            pydicom.uid.EnhancedXRayRadiationDoseSRStorage,
            pydicom.uid.EnhancedSRStorage,
            pydicom.uid.ComprehensiveSRStorage,
        ],
    )
    def test_a_dose_report_goes_whole(self, sop_class_uid: str) -> None:
        assert classify(sop_class_uid) is ObjectKind.WHOLE

    @pytest.mark.parametrize(
        "sop_class_uid",
        [
            pydicom.uid.CTImageStorage,
            pydicom.uid.EnhancedCTImageStorage,
            pydicom.uid.DigitalMammographyXRayImageStorageForPresentation,
            pydicom.uid.XRayAngiographicImageStorage,
            pydicom.uid.PositronEmissionTomographyImageStorage,
        ],
    )
    def test_an_image_made_with_radiation_goes_as_header(self, sop_class_uid: str) -> None:
        assert classify(sop_class_uid) is ObjectKind.HEADER

    @pytest.mark.parametrize(
        "sop_class_uid",
        [pydicom.uid.MRImageStorage, pydicom.uid.UltrasoundImageStorage, pydicom.uid.BasicTextSRStorage],
    )
    def test_nothing_else_goes(self, sop_class_uid: str) -> None:
        assert classify(sop_class_uid) is None

    @pytest.mark.parametrize("missing", [None, ""])
    def test_nothing_goes_without_a_sop_class(self, missing: str | None) -> None:
        assert classify(missing) is None

    def test_padding_does_not_matter(self) -> None:
        assert classify(pydicom.uid.CTImageStorage + "\0") is ObjectKind.HEADER

    def test_our_own_report_goes_too_so_that_it_is_known_to_have_come(self) -> None:
        assert classify(pydicom.uid.XRayRadiationDoseSRStorage, manufacturer="DoseLedger ") is ObjectKind.WHOLE

    def test_another_report_of_ours_is_still_an_image_of_its_scanner(self) -> None:
        assert classify(pydicom.uid.CTImageStorage, manufacturer="DoseLedger") is ObjectKind.HEADER

    def test_every_class_it_knows_is_one_of_the_standard(self) -> None:
        named = {str(uid) for uid in UID_dictionary}

        assert named >= DOSE_REPORT_SOP_CLASSES | DOSE_IMAGE_SOP_CLASSES | SECONDARY_CAPTURE_SOP_CLASSES


class TestKeyObjects:
    def test_one_that_rejects_goes_whole(self) -> None:
        assert may_state_dose(pydicom.uid.KeyObjectSelectionDocumentStorage)
        assert classify(KEY_OBJECTS, is_rejection=True) is ObjectKind.WHOLE

    def test_one_that_names_key_images_stays(self) -> None:
        assert classify(KEY_OBJECTS) is None

    def test_a_note_of_our_own_does_not_come_back(self) -> None:
        assert classify(KEY_OBJECTS, is_rejection=True, manufacturer="DoseLedger") is None

    @pytest.mark.parametrize("title", [QUALITY, PATIENT_SAFETY, WRONG_WORKLIST_ENTRY, RETENTION])
    def test_each_title_that_rejects_is_seen(self, title: Concept) -> None:
        assert may_reject(rejection_note_bytes("2.25.1", title=title))

    def test_another_title_is_not(self) -> None:
        assert not may_reject(rejection_note_bytes("2.25.1", title=OF_INTEREST))

    def test_behind_deflation_nothing_is_seen_so_that_it_goes(self) -> None:
        assert may_reject(part10({"SOPClassUID": KEY_OBJECTS}, transfer_syntax=DEFLATED))


class TestSecondaryCaptures:
    @pytest.mark.parametrize("sop_class_uid", sorted(SECONDARY_CAPTURE_SOP_CLASSES))
    @pytest.mark.parametrize(
        "cues",
        [
            pytest.param(ScreenCues(modality="CT", series_description="Dose Report"), id="GE"),
            pytest.param(ScreenCues(modality="CT", series_description="Rapport dose."), id="GE in French"),
            pytest.param(ScreenCues(modality="CT", series_description="DOSISBERICHT"), id="in German"),
            pytest.param(ScreenCues(modality="CT ", image_type="DERIVED\\SECONDARY\\DOSE_INFO "), id="Philips"),
            pytest.param(ScreenCues(modality="CT", series_description="Patient Protocol"), id="Siemens"),
            pytest.param(
                ScreenCues(modality="CT", image_type="DERIVED\\SECONDARY", manufacturer="TOSHIBA"), id="Toshiba"
            ),
            pytest.param(ScreenCues(modality="CT", dose_comment="TotalDLP=12.3"), id="a comment about dose"),
            pytest.param(ScreenCues(modality="MG", image_type="ORIGINAL\\PRIMARY"), id="Hologic projection"),
        ],
    )
    def test_that_may_state_dose_in_the_header_go_as_header(self, sop_class_uid: str, cues: ScreenCues) -> None:
        assert classify(sop_class_uid, cues=cues) is ObjectKind.HEADER

    @pytest.mark.parametrize(
        "cues",
        [
            pytest.param(None, id="nothing known"),
            pytest.param(ScreenCues(), id="nothing stated"),
            pytest.param(ScreenCues(modality="CT", image_type="DERIVED\\SECONDARY\\3D"), id="a view of a CT"),
            pytest.param(
                ScreenCues(modality="CT", image_type="DERIVED\\SECONDARY\\OTHER", manufacturer="TOSHIBA"),
                id="another capture of Toshiba",
            ),
            pytest.param(ScreenCues(modality="CT", series_description="Virtual endoscopy"), id="an endoscopy"),
            pytest.param(ScreenCues(modality="MG", image_type="DERIVED\\SECONDARY"), id="a derived mammogram"),
            pytest.param(ScreenCues(modality="US", series_description="Dose Report"), id="ultrasound"),
            pytest.param(ScreenCues(modality="CT", dose_comment=" "), id="an empty comment"),
        ],
    )
    def test_others_stay_where_they_are(self, cues: ScreenCues | None) -> None:
        assert classify(pydicom.uid.SecondaryCaptureImageStorage, cues=cues) is None

    def test_cues_make_no_dose_object_of_another_class(self) -> None:
        cues = ScreenCues(modality="CT", series_description="Dose Report")

        assert classify(pydicom.uid.MRImageStorage, cues=cues) is None


class TestMayStateDose:
    @pytest.mark.parametrize(
        ("sop_class_uid", "expected"),
        [
            (pydicom.uid.XRayRadiationDoseSRStorage, True),
            (pydicom.uid.CTImageStorage + "\0", True),
            (pydicom.uid.SecondaryCaptureImageStorage, True),
            (pydicom.uid.MRImageStorage, False),
            (None, False),
        ],
    )
    def test_tells_which_headers_deserve_a_look(self, sop_class_uid: str | None, *, expected: bool) -> None:
        assert may_state_dose(sop_class_uid) is expected


class TestCopyMadeByOrthanc:
    @pytest.mark.parametrize(
        ("is_anonymized", "is_modified", "removed", "expected"),
        [
            (False, False, None, None),
            (False, False, "NO", None),
            (True, False, None, CopyOf.ANONYMIZED),
            (False, False, "YES ", CopyOf.ANONYMIZED),
            (False, True, None, CopyOf.MODIFIED),
            (False, True, "YES", CopyOf.ANONYMIZED),
        ],
    )
    def test_tells_copies_from_originals(
        self,
        *,
        is_anonymized: bool,
        is_modified: bool,
        removed: str | None,
        expected: CopyOf | None,
    ) -> None:
        copy = copy_made_by_orthanc(
            is_anonymized=is_anonymized, is_modified=is_modified, patient_identity_removed=removed
        )

        assert copy is expected
