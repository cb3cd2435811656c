"""HL7 v2 that the bridge and the worker share: bytes and values, no sockets."""
