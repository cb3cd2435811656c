"""What leaves by FHIR R4: resources as plain values, after the HL7 guide Radiation Dose Summary 1.0.0."""
