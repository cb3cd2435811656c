"""
The concepts of CT dose reports.

Source: PS3.16, TID 10012 to 10015, and the CIDs named below.
"""

from dose_core.model import AcquisitionType
from dose_core.readers.sr.codes import Concept, dcm, snomed

# TID 10012
CT_ACCUMULATED_DOSE = dcm("113811", "CT Accumulated Dose Data")
DLP_SUB_TOTAL = dcm("130745", "CT Dose Length Product Sub-Total")
EFFECTIVE_DOSE_TOTAL = dcm("113814", "CT Effective Dose Total")

# TID 10013, 10014
CT_ACQUISITION = dcm("113819", "CT Acquisition")
CT_ACQUISITION_TYPE = dcm("113820", "CT Acquisition Type")
MODULATION_TYPE = dcm("113842", "X-Ray Modulation Type")
CT_PARAMETERS = dcm("113822", "CT Acquisition Parameters")
SCANNING_LENGTH = dcm("113825", "Scanning Length")
TOP_OF_SCANNING_LENGTH = dcm("113897", "Top Z Location of Scanning Length")
BOTTOM_OF_SCANNING_LENGTH = dcm("113898", "Bottom Z Location of Scanning Length")
SINGLE_COLLIMATION = dcm("113826", "Nominal Single Collimation Width")
TOTAL_COLLIMATION = dcm("113827", "Nominal Total Collimation Width")
PITCH_FACTOR = dcm("113828", "Pitch Factor")
NUMBER_OF_SOURCES = dcm("113823", "Number of X-Ray Sources")
CT_SOURCE_PARAMETERS = dcm("113831", "CT X-Ray Source Parameters")
MAXIMUM_TUBE_CURRENT = dcm("113833", "Maximum X-Ray Tube Current")
TIME_PER_ROTATION = dcm("113834", "Exposure Time per Rotation")
CT_DOSE = dcm("113829", "CT Dose")
MEAN_CTDI_VOL = dcm("113830", "Mean CTDIvol")
DLP = dcm("113838", "DLP")
EFFECTIVE_DOSE = dcm("113839", "Effective Dose")
MEASURED_LATERAL_DIMENSION = dcm("113931", "Measured Lateral Dimension")
MEASURED_AP_DIMENSION = dcm("113932", "Measured AP Dimension")
EFFECTIVE_DIAMETER = dcm("113933", "Derived Effective Diameter")
WATER_EQUIVALENT_DIAMETER = dcm("113980", "Water Equivalent Diameter")
MEAN_WATER_EQUIVALENT_DIAMETER = dcm("113990", "Arithmetic Average of Dw(z)")
MEASUREMENT_METHOD = snomed("370129005", "G-C036", "Measurement Method")
REFERENCE_AUTHORITY = dcm("121406", "Reference Authority")

# CID 10013
ACQUISITION_TYPES = (
    (snomed("116152004", "P5-08001", "Spiral Acquisition", "C0860888"), AcquisitionType.SPIRAL),
    (dcm("113804", "Sequenced Acquisition"), AcquisitionType.SEQUENCED),
    (dcm("113805", "Constant Angle Acquisition"), AcquisitionType.CONSTANT_ANGLE),
    (dcm("113806", "Stationary Acquisition"), AcquisitionType.STATIONARY),
    (dcm("113807", "Free Acquisition"), AcquisitionType.FREE),
    (snomed("702569007", "R-FB8F1", "Cone Beam Acquisition"), AcquisitionType.CONE_BEAM),
)

# CID 10011, 10015, 10023 and 10024: how an effective dose, an SSDE or a water-equivalent diameter came about.
ESTIMATION_METHODS = (
    dcm("113800", "DLP to E conversion via MC computation"),
    dcm("113801", "CTDIfreeair to E conversion via MC computation"),
    dcm("113802", "DLP to E conversion via measurement"),
    dcm("113803", "CTDIfreeair to E conversion via measurement"),
    dcm("113808", "ICRP Pub 60"),
    dcm("113841", "ICRP Pub 103"),
    dcm("113934", "AAPM 204 Lateral Dimension"),
    dcm("113935", "AAPM 204 AP Dimension"),
    dcm("113936", "AAPM 204 Sum of Lateral and AP Dimension"),
    dcm("113937", "AAPM 204 Effective Diameter Estimated From Patient Age"),
    dcm("113987", "AAPM 220"),
    dcm("113988", "Estimated from Water Equivalent Diameter"),
    dcm("113989", "Arithmetic Average of SSDE(z)"),
    dcm("113981", "Water Equivalent Diameter Representative Value"),
    dcm("113982", "Water Equivalent Diameter Integrated Across Scan Range"),
    dcm("113983", "Water Equivalent Diameter From Raw Data"),
    dcm("113984", "Water Equivalent Diameter From Localizer"),
)

# TID 10015
DOSE_CHECK_ALERT = dcm("113900", "Dose Check Alert Details")
DLP_ALERT_CONFIGURED = dcm("113901", "DLP Alert Value Configured")
CTDI_VOL_ALERT_CONFIGURED = dcm("113902", "CTDIvol Alert Value Configured")
DLP_ALERT_VALUE = dcm("113903", "DLP Alert Value")
CTDI_VOL_ALERT_VALUE = dcm("113904", "CTDIvol Alert Value")
ACCUMULATED_DLP_FORWARD = dcm("113905", "Accumulated DLP Forward Estimate")
ACCUMULATED_CTDI_VOL_FORWARD = dcm("113906", "Accumulated CTDIvol Forward Estimate")
REASON_FOR_PROCEEDING = dcm("113907", "Reason for Proceeding")
DOSE_CHECK_NOTIFICATION = dcm("113908", "Dose Check Notification Details")
DLP_NOTIFICATION_CONFIGURED = dcm("113909", "DLP Notification Value Configured")
CTDI_VOL_NOTIFICATION_CONFIGURED = dcm("113910", "CTDIvol Notification Value Configured")
DLP_NOTIFICATION_VALUE = dcm("113911", "DLP Notification Value")
CTDI_VOL_NOTIFICATION_VALUE = dcm("113912", "CTDIvol Notification Value")
DLP_FORWARD = dcm("113913", "DLP Forward Estimate")
CTDI_VOL_FORWARD = dcm("113914", "CTDIvol Forward Estimate")

# CID 230
YES_NO = (
    (snomed("373066001", "R-0038D", "Yes"), True),
    (snomed("373067005", "R-00339", "No"), False),
)


def _toshiba(value: str, meaning: str) -> Concept:
    return Concept(meaning, frozenset({(value, "99TOSHIBA-TMSC")}))


# Toshiba Aquilion, beside the template: the thickness of the body in the images.
PATIENT_BODY_PARAMETERS = _toshiba("99TOST000A-0001", "Patient Body Parameters")
BODY_THICKNESS_MEAN = _toshiba("99TOST000A-0002", "Mean body thickness")
BODY_THICKNESS_MIN = _toshiba("99TOST000A-0003", "Minimum body thickness")
BODY_THICKNESS_MAX = _toshiba("99TOST000A-0004", "Maximum body thickness")
TOSHIBA_SCHEME = "99TOSHIBA-TMSC"
# The code of this container is not known to us; within the vendor's own scheme its meaning tells it.
DOSE_REDUCE_PARAMETERS = "Dose Reduce Parameters"
