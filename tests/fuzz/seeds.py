"""Where the fuzzer begins: one small object of each kind that the builders can make."""

from tests.builders.ct_image import ct_image
from tests.builders.ct_rdsr import accumulated, chest_ct, ct_rdsr, dlp_total, event_count, irradiated
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
    report = ct_rdsr(*irradiated(), accumulated(event_count("1"), dlp_total("150")), chest_ct())
    found = _in_all_syntaxes("ct", report)
    return found | {name: part10({**report, "SOPClassUID": uid}) for name, uid in _DOCUMENT_CLASSES.items()}


def _images() -> dict[str, bytes]:
    found = _in_all_syntaxes("ct-slice", ct_image())
    return found | {name: part10(ct_image(SOPClassUID=uid)) for name, uid in _IMAGE_CLASSES.items()}


def _in_all_syntaxes(name: str, elements: Elements) -> dict[str, bytes]:
    syntaxes = {"explicit": EXPLICIT_LITTLE, "implicit": IMPLICIT_LITTLE, "big": EXPLICIT_BIG, "deflated": DEFLATED}
    return {
        f"{name}-{syntax}-{'defined' if defined else 'undefined'}": part10(
            elements, transfer_syntax=uid, defined=defined
        )
        for syntax, uid in syntaxes.items()
        for defined in (True, False)
    }
