"""Tests of dose_core.readers.registry: the content tells the kind, and each refusal its reason."""

import pytest
from pydicom.sr.codedict import codes

from dose_core.model import Kind
from dose_core.readers.errors import NotDoseError, UnreadableError
from dose_core.readers.registry import read_dose
from dose_core.readers.sr.items import MAX_DEPTH
from tests.builders.ct_image import ct_image, ct_image_bytes
from tests.builders.ct_rdsr import chest_ct, chest_ct_report_bytes, ct_rdsr
from tests.builders.dicom import part10
from tests.builders.sr import Item, coded, container

COMPREHENSIVE_SR = "1.2.840.10008.5.1.4.1.1.88.33"


class TestReadDose:
    def test_reads_reports_and_images_of_ct(self) -> None:
        assert read_dose(chest_ct_report_bytes()).kind is Kind.CT_RDSR
        assert read_dose(ct_image_bytes()).kind is Kind.CT_IMAGE

    def test_knows_a_ct_report_without_procedure_reported(self) -> None:
        elements = ct_rdsr(ContentSequence=[chest_ct()], SOPClassUID=COMPREHENSIVE_SR)

        assert read_dose(part10(elements)).kind is Kind.CT_RDSR

    def test_takes_other_reports_for_no_dose(self) -> None:
        elements = ct_rdsr(ConceptNameCodeSequence=[coded(("18748-4", "LN", "Report"))], SOPClassUID=COMPREHENSIVE_SR)

        with pytest.raises(NotDoseError, match="18748-4"):
            read_dose(part10(elements))

    def test_takes_images_without_radiation_for_no_dose(self) -> None:
        magnetic_resonance = "1.2.840.10008.5.1.4.1.1.4"

        with pytest.raises(NotDoseError, match="no dose"):
            read_dose(part10(ct_image(SOPClassUID=magnetic_resonance)))

    def test_cannot_read_a_dose_report_in_unknown_codes(self) -> None:
        local = container(("113819", "99LOCAL", "Something else"))

        with pytest.raises(UnreadableError, match="no content that we know"):
            read_dose(part10(ct_rdsr(ContentSequence=[local])))
        with pytest.raises(UnreadableError, match="no document title"):
            read_dose(part10(ct_rdsr(ConceptNameCodeSequence=None)))

    def test_cannot_read_what_has_no_identity(self) -> None:
        for uid in (None, "", "1." * 40):
            with pytest.raises(UnreadableError, match="SOP Instance UID"):
                read_dose(part10(ct_image(SOPInstanceUID=uid)))

    def test_refuses_a_content_tree_without_end(self) -> None:
        tree: Item = container(codes.DCM.CTDose)
        for _ in range(MAX_DEPTH):
            tree = container(codes.DCM.CTDose, tree)

        with pytest.raises(UnreadableError, match="deeper than 32 levels"):
            read_dose(part10(ct_rdsr(tree)))
