"""
The numbers of an Irradiation Event X-Ray Data container, row by row.

Source: PS3.16, TID 10003 (Irradiation Event X-Ray Data), TID 10003A (Detector), 10003B (Source), 10003C (Mechanical).
"""

from dose_core.readers.projection import codes as xray
from dose_core.readers.projection import vendors
from dose_core.readers.sr.rows import Row
from dose_core.units import CM2, COUNT, DEG, GY_CM2, MGY, MM, PER_S, S

# The single-valued numbers of TID 10003 with 10003A, B and C; unit of ours and of the template.
EVENT_ROWS = (
    Row("dap_gy_cm2", xray.DAP, GY_CM2, "Gy.m2"),
    Row("ka_r_mgy", xray.KA_R, MGY, "Gy"),
    Row("entrance_dose_mgy", xray.ENTRANCE_EXPOSURE, MGY, MGY),
    Row("hvl_mm_al", xray.HALF_VALUE_LAYER, MM, MM),
    Row("patient_thickness_mm", xray.PATIENT_THICKNESS, MM, MM),
    Row("field_area_cm2", xray.COLLIMATED_FIELD_AREA, CM2, "m2"),
    Row("field_height_mm", xray.COLLIMATED_FIELD_HEIGHT, MM, MM),
    Row("field_width_mm", xray.COLLIMATED_FIELD_WIDTH, MM, MM),
    Row("exposure_index", xray.EXPOSURE_INDEX, COUNT, COUNT),
    Row("target_exposure_index", xray.TARGET_EXPOSURE_INDEX, COUNT, COUNT),
    Row("deviation_index", xray.DEVIATION_INDEX, COUNT, COUNT, may_be_negative=True),
    Row("pulse_rate_per_s", xray.PULSE_RATE, PER_S, PER_S),
    Row("pulse_count", xray.NUMBER_OF_PULSES, COUNT, COUNT),
    Row("duration_s", xray.IRRADIATION_DURATION, S, S),
    Row("focal_spot_mm", xray.FOCAL_SPOT_SIZE, MM, MM),
    Row("primary_angle_deg", xray.PRIMARY_ANGLE, DEG, DEG, may_be_negative=True),
    Row("secondary_angle_deg", xray.SECONDARY_ANGLE, DEG, DEG, may_be_negative=True),
    Row("primary_end_angle_deg", xray.PRIMARY_END_ANGLE, DEG, DEG, may_be_negative=True),
    Row("secondary_end_angle_deg", xray.SECONDARY_END_ANGLE, DEG, DEG, may_be_negative=True),
    Row("column_angulation_deg", xray.COLUMN_ANGULATION, DEG, DEG, may_be_negative=True),
    Row("source_to_isocentre_mm", xray.SOURCE_TO_ISOCENTRE, MM, MM),
    Row("source_to_detector_mm", xray.SOURCE_TO_DETECTOR, MM, MM),
    Row("source_to_detector_end_mm", vendors.PHILIPS_FINAL_SOURCE_TO_DETECTOR, MM, MM),
    Row("source_to_reference_point_mm", xray.SOURCE_TO_REFERENCE_POINT, MM, MM),
    Row("table_longitudinal_mm", xray.TABLE_LONGITUDINAL, MM, MM, may_be_negative=True),
    Row("table_lateral_mm", xray.TABLE_LATERAL, MM, MM, may_be_negative=True),
    Row("table_height_mm", xray.TABLE_HEIGHT, MM, MM, may_be_negative=True),
    Row("table_longitudinal_end_mm", xray.TABLE_LONGITUDINAL_END, MM, MM, may_be_negative=True),
    Row("table_lateral_end_mm", xray.TABLE_LATERAL_END, MM, MM, may_be_negative=True),
    Row("table_height_end_mm", xray.TABLE_HEIGHT_END, MM, MM, may_be_negative=True),
    Row("table_tilt_deg", xray.TABLE_TILT, DEG, DEG, may_be_negative=True),
    Row("table_rotation_deg", xray.TABLE_ROTATION, DEG, DEG, may_be_negative=True),
    Row("cradle_deg", xray.CRADLE, DEG, DEG, may_be_negative=True),
    Row("table_tilt_end_deg", xray.TABLE_TILT_END, DEG, DEG, may_be_negative=True),
    Row("table_rotation_end_deg", xray.TABLE_ROTATION_END, DEG, DEG, may_be_negative=True),
    Row("cradle_end_deg", xray.CRADLE_END, DEG, DEG, may_be_negative=True),
)

# Philips states these in containers of its own.
BEAM_ROWS = (
    Row("beam_longitudinal_mm", vendors.PHILIPS_BEAM_LONGITUDINAL, MM, MM, may_be_negative=True),
    Row("beam_lateral_mm", vendors.PHILIPS_BEAM_LATERAL, MM, MM, may_be_negative=True),
    Row("beam_angle_deg", vendors.PHILIPS_BEAM_ANGLE, DEG, DEG, may_be_negative=True),
)
DETECTOR_ROWS = (
    Row("detector_x_mm", vendors.PHILIPS_DETECTOR_X, MM, MM),
    Row("detector_y_mm", vendors.PHILIPS_DETECTOR_Y, MM, MM),
)
SHUTTER_ROWS = tuple(Row(name, concept, MM, MM, may_be_negative=True) for name, concept in vendors.PHILIPS_SHUTTERS)
FILTER_ROWS = (
    Row("min_mm", xray.FILTER_MINIMUM, MM, MM),
    Row("max_mm", xray.FILTER_MAXIMUM, MM, MM),
)
