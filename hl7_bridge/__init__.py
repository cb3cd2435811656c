"""The HL7 v2 bridge: MLLP in, acknowledgements out. Framing and messages know no sockets."""
