"""Of one device that makes fluoroscopy and radiographs, what its exams are called."""

from enum import StrEnum


class DeviceClass(StrEnum):
    """
    How an operator classes the exams of a projection device.

    Source: vendor-quirks, A15: Siemens Fluorospot and Luminos make both, and write both by the template of fluoroscopy.
    """

    BY_DOSE = "by_dose"  # as objects say, else fluoroscopy if there is dose or time of it
    FLUOROSCOPY = "fluoroscopy"
    RADIOGRAPHY = "radiography"
