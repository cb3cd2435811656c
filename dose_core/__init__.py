"""The domain of radiation dose: values in, values out; no I/O, no clock, no framework."""
