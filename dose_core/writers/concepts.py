"""
The codes that our dose SRs use.

Source: PS3.16, Annex D (DCM) and the context groups named beside each block; SNOMED CT codes as
PS3.16 prints them. A test compares each with the dictionary that pydicom derives from the standard.
"""

from dose_core.model import AcquisitionType, Code


def _dcm(value: str, meaning: str) -> Code:
    return Code(value=value, scheme="DCM", meaning=meaning)


def _sct(value: str, meaning: str) -> Code:
    return Code(value=value, scheme="SCT", meaning=meaning)


def _ucum(value: str, meaning: str | None = None) -> Code:
    return Code(value=value, scheme="UCUM", meaning=meaning or value)


# TID 1204
LANGUAGE = _dcm("121049", "Language of Content Item and Descendants")
ENGLISH = Code(value="en", scheme="RFC5646", meaning="English")

# TID 1002, TID 1004
OBSERVER_TYPE = _dcm("121005", "Observer Type")
DEVICE = _dcm("121007", "Device")
DEVICE_OBSERVER_UID = _dcm("121012", "Device Observer UID")
DEVICE_OBSERVER_NAME = _dcm("121013", "Device Observer Name")
DEVICE_OBSERVER_MANUFACTURER = _dcm("121014", "Device Observer Manufacturer")
DEVICE_OBSERVER_MODEL_NAME = _dcm("121015", "Device Observer Model Name")
DEVICE_OBSERVER_SERIAL_NUMBER = _dcm("121016", "Device Observer Serial Number")

# TID 1021; roles: CID 7445
DEVICE_ROLE_IN_PROCEDURE = _dcm("113876", "Device Role in Procedure")
RECORDING = _dcm("121097", "Recording")
IRRADIATING_DEVICE = _dcm("113859", "Irradiating Device")
DEVICE_MANUFACTURER = _dcm("113878", "Device Manufacturer")
DEVICE_MODEL_NAME = _dcm("113879", "Device Model Name")
DEVICE_SERIAL_NUMBER = _dcm("113880", "Device Serial Number")

# TID 10011
COMPUTED_TOMOGRAPHY_X_RAY = _sct("77477000", "Computed Tomography X-Ray")
STUDY = _dcm("113014", "Study")  # CID 10000
STUDY_INSTANCE_UID = _dcm("110180", "Study Instance UID")  # CID 10001
COMMENT = _dcm("121106", "Comment")
COMPUTED_FROM_IMAGE_ATTRIBUTES = _dcm("113867", "Computed From Image Attributes")  # CID 10021

# TID 10022, with TID 1020 (CID 7453)
IRRADIATION_ADMINISTERING = _dcm("113851", "Irradiation Administering")

# TID 2010; titles: CID 7010
KEY_OBJECT_DESCRIPTION = _dcm("113012", "Key Object Description")
REJECTED_FOR_PATIENT_SAFETY_REASONS = _dcm("113037", "Rejected for Patient Safety Reasons")

# TID 10001
PROJECTION_X_RAY = _dcm("113704", "Projection X-Ray")
MAMMOGRAPHY = _sct("71651007", "Mammography")
BREAST = _sct("76752008", "Breast")  # CID 4009, CID 4031

# TID 10013
TARGET_REGION = _dcm("123014", "Target Region")
EXPOSURE_TIME = _dcm("113824", "Exposure Time")
DLP = _dcm("113838", "DLP")

# TID 10015
IRRADIATION_AUTHORIZING = _dcm("113850", "Irradiation Authorizing")
UNDETERMINED = _sct("373068000", "Undetermined")  # CID 230

# TID 10033, Annex D
SR_INSTANCE_USED = _dcm("128416", "SR Instance Used")
EVENT_UID_USED = _dcm("128429", "Event UID Used")
RADIATION_DOSE_REPRESENTATION_DATA = _dcm("128414", "Radiation Dose Representation Data")

# CID 10013
ACQUISITION_TYPES = {
    AcquisitionType.SPIRAL: _sct("116152004", "Spiral Acquisition"),
    AcquisitionType.SEQUENCED: _dcm("113804", "Sequenced Acquisition"),
    AcquisitionType.CONSTANT_ANGLE: _dcm("113805", "Constant Angle Acquisition"),
    AcquisitionType.STATIONARY: _dcm("113806", "Stationary Acquisition"),
    AcquisitionType.FREE: _dcm("113807", "Free Acquisition"),
    AcquisitionType.CONE_BEAM: _sct("702569007", "Cone Beam Acquisition"),
}

# CID 4052, by the diameter of the PMMA cylinder (IEC 60601-2-44)
PHANTOMS = {
    160: _dcm("113690", "IEC Head Dosimetry Phantom"),
    320: _dcm("113691", "IEC Body Dosimetry Phantom"),
}

# Where a coded value is mandatory and nothing states one; the context groups are extensible (PS3.16, 6.2.2).
UNKNOWN = _sct("261665006", "Unknown")
VALUE_UNKNOWN = _dcm("114010", "Value unknown")  # CID 42, for a number that nothing states

# Units as TID 10012 to TID 10014 ask for them
MGY_CM = _ucum("mGy.cm")
SECONDS = _ucum("s")
