"""
Concepts of vendors' own schemes in projection reports, as a table: what each means in the standard or to us.

Source: reports of Allura Xper, Allura Clarity and Azurion (99PHI-IXR-XPER) and of Arcadis Varic
(99SMS_RADSUM), whose items carry these codes with these meanings.
"""

from dose_core.readers.sr.codes import Concept


def _philips(value: str, meaning: str) -> Concept:
    return Concept(meaning, frozenset({(value, "99PHI-IXR-XPER")}))


def with_philips(concept: Concept, value: str) -> Concept:
    """Return a standard concept that Philips codes in its own scheme, too."""
    return Concept(concept.meaning, concept.codes | {(value, "99PHI-IXR-XPER")})


# Accumulated X-Ray Dose Data
PHILIPS_SYSTEM_HEIGHT = _philips("001", "Height of System")
PHILIPS_SOURCE_TO_ISOCENTRE = _philips("002", "Focal Spot to ISO Center")

# Irradiation Event X-Ray Data
PHILIPS_FRAMES = _philips("003", "Number of Frames")
PHILIPS_WEDGES_AND_SHUTTERS = _philips("005", "Wedges and Shutters")
PHILIPS_SHUTTERS = (  # from the beam's centre, in the plane 1 m from the source, at the end of the run
    ("bottom_mm", _philips("006", "Bottom Shutter")),
    ("left_mm", _philips("007", "Left Shutter")),
    ("right_mm", _philips("008", "Right Shutter")),
    ("top_mm", _philips("009", "Top Shutter")),
)
PHILIPS_BEAM_POSITION = _philips("014", "Beam Position")
PHILIPS_BEAM_LONGITUDINAL = _philips("015", "Longitudinal Beam Position")
PHILIPS_BEAM_LATERAL = _philips("016", "Lateral Beam Position")
PHILIPS_BEAM_ANGLE = _philips("017", "Beam Angle")
PHILIPS_FINAL_SOURCE_TO_DETECTOR = _philips("018", "Final Distance Source to Detector")
PHILIPS_DETECTOR_FIELD = _philips("023", "Detector Field Size")
PHILIPS_DETECTOR_X = _philips("024", "X side")
PHILIPS_DETECTOR_Y = _philips("025", "Y side")
PHILIPS_APPLICATION = _philips("029", "Application Name")
PHILIPS_FLUORO_FLAVOUR = _philips("030", "Fluoro Flavour")

# Of these the standard has the same concept; its code in the Philips scheme.
PHILIPS_FINAL_CRADLE = "019"
PHILIPS_FINAL_TABLE_HEIGHT = "020"
PHILIPS_TABLE_HEIGHT = "021"
PHILIPS_FINAL_TABLE_TILT = "022"
PHILIPS_OBJECT_THICKNESS = "026"


def _siemens(value: str, meaning: str) -> Concept:
    return Concept(meaning, frozenset({(value, "99SMS_RADSUM")}))


# Siemens Arcadis mobile C-arms: an Enhanced SR with the title C-10, all items below its root.
ARCADIS_EXPOSURES = _siemens("C-200", "Total number of exposures")
ARCADIS_FLUORO_TIME = _siemens("C-202", "Cumulative fluoro time")
ARCADIS_DAP = _siemens("C-204", "Cumulative dose area product")
ARCADIS_START = _siemens("C-206", "Start of the examination")
ARCADIS_END = _siemens("C-208", "End of the examination")
ARCADIS_AIR_KERMA = _siemens("C-210", "Cumulative air kerma")
