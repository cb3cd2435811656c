"""Where the fuzzer begins: one small object of each kind that the builders can make."""

from tests.builders import (
    ct_image_enhanced,
    ct_rdsr,
    dose_screen,
    enhanced_rdsr,
    mammography,
    mpps,
    nuclear,
    patient_rdsr,
    projection_image,
    projection_rdsr,
)
from tests.builders.ct_image import ct_image
from tests.builders.dicom import DEFLATED, EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, Elements, part10

# The first letters of a maker or a class decide much, and no mutation would find them by chance.
_IMAGE_CLASSES = {
    "ct": "1.2.840.10008.5.1.4.1.1.2",
    "enhanced-ct": "1.2.840.10008.5.1.4.1.1.2.1",
    "cr": "1.2.840.10008.5.1.4.1.1.1",
    "dx": "1.2.840.10008.5.1.4.1.1.1.1",
    "mg": "1.2.840.10008.5.1.4.1.1.1.2",
    "tomosynthesis": "1.2.840.10008.5.1.4.1.1.13.1.3",
    "xa": "1.2.840.10008.5.1.4.1.1.12.1",
    "rf": "1.2.840.10008.5.1.4.1.1.12.2",
    "nm": "1.2.840.10008.5.1.4.1.1.20",
    "pet": "1.2.840.10008.5.1.4.1.1.128",
    "screen": "1.2.840.10008.5.1.4.1.1.7",
    "mpps": "1.2.840.10008.3.1.2.3.3",
}
_DOCUMENT_CLASSES = {
    "xray": "1.2.840.10008.5.1.4.1.1.88.67",
    "radiopharmaceutical": "1.2.840.10008.5.1.4.1.1.88.68",
    "patient": "1.2.840.10008.5.1.4.1.1.88.73",
    "enhanced-xray": "1.2.840.10008.5.1.4.1.1.88.76",
}


def seeds(target: str) -> dict[str, bytes]:
    """Return the seeds of a target, "sr" or "header", by name."""
    return _reports() if target == "sr" else _images()


def _reports() -> dict[str, bytes]:
    ct = ct_rdsr.ct_rdsr(
        *ct_rdsr.irradiated(),
        ct_rdsr.accumulated(ct_rdsr.event_count("1"), ct_rdsr.dlp_total("150")),
        ct_rdsr.chest_ct(),
    )
    liver = patient_rdsr.dose(
        patient_rdsr.MEAN_ABSORBED, "4.5", "mGy", patient_rdsr.organ(patient_rdsr.LIVER), patient_rdsr.methodology()
    )
    return {
        **_in_all_syntaxes("ct", ct),
        **{name: part10({**ct, "SOPClassUID": uid}) for name, uid in _DOCUMENT_CLASSES.items()},
        "projection": projection_rdsr.fluoroscopy_report_bytes(),
        "projection-philips": projection_rdsr.fluoroscopy_report_bytes(Manufacturer="Philips Medical Systems"),
        "projection-siemens": projection_rdsr.fluoroscopy_report_bytes(Manufacturer="Siemens"),
        "projection-toshiba": projection_rdsr.fluoroscopy_report_bytes(Manufacturer="TOSHIBA_MEC"),
        "mammography": mammography.mammography_rdsr_bytes(
            mammography.accumulated(mammography.agd_total("1.3", mammography.LEFT_BREAST)), mammography.left_cc()
        ),
        "enhanced": enhanced_rdsr.enhanced_rdsr_bytes(
            enhanced_rdsr.totals_of_source(enhanced_rdsr.dap_total("0.0002")),
            enhanced_rdsr.event_summary(),
            enhanced_rdsr.details(enhanced_rdsr.output()),
        ),
        "radiopharmaceutical-fdg": nuclear.rrdsr_bytes(
            nuclear.administration(
                nuclear.route(nuclear.site(nuclear.LEFT)),
                nuclear.organ_dose(nuclear.LIVER, "8.27"),
                nuclear.effective_dose("7.5"),
            )
        ),
        "patient-liver": patient_rdsr.patient_rdsr_bytes(patient_rdsr.estimate(liver)),
    }


def _images() -> dict[str, bytes]:
    return {
        **_in_all_syntaxes("ct-slice", ct_image()),
        **{name: part10(ct_image(SOPClassUID=uid)) for name, uid in _IMAGE_CLASSES.items()},
        "ct-enhanced": ct_image_enhanced.enhanced_ct_bytes(
            [ct_image_enhanced.frame(0), ct_image_enhanced.frame(5)], ct_image_enhanced.exposed()
        ),
        "radiograph": projection_image.dx_bytes(),
        "angiogram": part10(projection_image.xa_image()),
        "angiogram-enhanced": part10(projection_image.enhanced_xa([projection_image.positioned(30, -10, kv=80)])),
        "mammogram": mammography.mammography_image_bytes(),
        "pet": nuclear.pet_image_bytes(nuclear.radiopharmaceutical()),
        "scintigram": nuclear.nm_image_bytes(nuclear.radiopharmaceutical()),
        "step": mpps.step_file(mpps.step()),
        "screen-philips": dose_screen.screen_file(dose_screen.philips_screen(dose_screen.exposure())),
        "screen-ge": dose_screen.screen_file(
            dose_screen.ge_screen(dose_screen.exposure(), comment="TotalDLP=100\nEvent=1 DLP=100")
        ),
    }


def _in_all_syntaxes(name: str, elements: Elements) -> dict[str, bytes]:
    syntaxes = {"explicit": EXPLICIT_LITTLE, "implicit": IMPLICIT_LITTLE, "big": EXPLICIT_BIG, "deflated": DEFLATED}
    return {
        f"{name}-{syntax}-{'defined' if defined else 'undefined'}": part10(
            elements, transfer_syntax=uid, defined=defined
        )
        for syntax, uid in syntaxes.items()
        for defined in (True, False)
    }
