"""
The concepts of Enhanced X-Ray Radiation Dose Reports that plain ones do not have.

Source: PS3.16, TID 10040 to 10043 and TID 10048.
"""

from dose_core.readers.sr.codes import dcm

# TID 10041, 10042, 10043
ACCUMULATED_DOSE_DATA = dcm("130500", "Accumulated Dose Data")
EVENT_SUMMARY = dcm("130501", "Irradiation Event Summary Data")
IRRADIATION_DETAILS = dcm("130505", "Irradiation Details")
DATE_TIME_ENDED = dcm("111527", "DateTime Ended")
SOURCE_ID = dcm("113832", "Identification of the X-Ray Source")
AVERAGE_GLANDULAR_DOSE = dcm("111631", "Average Glandular Dose")
IS_REPEATED = dcm("128551", "Is Repeated Acquisition")
IS_REJECTED = dcm("130503", "Is Rejected Acquisition")

# TID 10048
RADIATION_OUTPUT = dcm("130514", "Radiation Output")
OUTPUT_AIR_KERMA = dcm("130515", "Air Kerma at Output Measurement Point")
