"""
The coded concepts of nuclear medicine dose reports, and of doses that somebody computed.

Source: PS3.16, TID 10021 to 10024 (their editions of 2014 with SRT codes, those of today with SCT codes); CID 244;
for the private container: Radiopharmaceutical Radiation Dose SRs of Siemens Biograph devices.
"""

from dose_core.readers.sr.codes import Concept, dcm, snomed

# TID 10021
ASSOCIATED_PROCEDURE = snomed("363589002", "G-C2D0", "Associated Procedure")

# TID 10022
ADMINISTRATION = dcm("113502", "Radiopharmaceutical Administration")
AGENT = snomed("349358000", "F-61FDB", "Radiopharmaceutical agent")
RADIONUCLIDE = snomed("89457008", "C-10072", "Radionuclide")
HALF_LIFE = snomed("304283002", "R-42806", "Radionuclide Half Life")
ADMINISTRATION_UID = dcm("113503", "Radiopharmaceutical Administration Event UID")
EXTRAVASATION = dcm("113506", "Estimated Extravasation Activity")
START = dcm("123003", "Radiopharmaceutical Start DateTime")
STOP = dcm("123004", "Radiopharmaceutical Stop DateTime")
ADMINISTERED_ACTIVITY = dcm("113507", "Administered activity")
VOLUME = dcm("123005", "Radiopharmaceutical Volume")
PRE_ACTIVITY = dcm("113508", "Pre-Administration Measured Activity")
POST_ACTIVITY = dcm("113509", "Post-Administration Measured Activity")
ROUTE = snomed("410675002", "G-C340", "Route of administration")
SITE_OF = snomed("272737002", "G-C581", "Site of")
LATERALITY = snomed("272741003", "G-C171", "Laterality")
ADMINISTERING = dcm("113851", "Irradiation Administering")

# TID 10023
ORGAN_DOSE_INFORMATION = dcm("113517", "Organ Dose Information")
FINDING_SITE = snomed("363698007", "G-C0E3", "Finding Site")
ORGAN_DOSE = dcm("113518", "Organ Dose")
REFERENCE_AUTHORITY = dcm("121406", "Reference Authority")

# Effective dose: the concept of TID 10013; TID 10022 has no row for it, and Siemens wraps it in a container of its own.
EFFECTIVE_DOSE = dcm("113839", "Effective Dose")
SIEMENS_EFFECTIVE_DOSE = Concept("Effective Dose Information", frozenset({("220001", "99SHS")}))
MEASUREMENT_METHOD = snomed("370129005", "G-C036", "Measurement Method")

# TID 10024
PATIENT_CHARACTERISTICS = dcm("121118", "Patient Characteristics")
PATIENT_HEIGHT = Concept("Patient Height", frozenset({("8302-2", "LN")}))
PATIENT_WEIGHT = Concept("Patient Weight", frozenset({("29463-7", "LN")}))

# CID 244, without "Unilateral", which names no side.
LATERALITIES = (
    (snomed("24028007", "G-A100", "Right"), "R"),
    (snomed("7771000", "G-A101", "Left"), "L"),
    (snomed("51440002", "G-A102", "Bilateral"), "B"),
)
