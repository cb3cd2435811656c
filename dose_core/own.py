"""How DoseLedger marks the objects that it writes itself, so that it knows them again."""

OUR_MANUFACTURER = "DoseLedger"  # (0008,0070) of every object we write
OUR_UID_ROOT = "2.25."  # UIDs derived from a UUID (PS3.5, B.2); others use this root too, so it proves nothing alone
