"""``python -m doseledger``."""

from doseledger.main import main

main()
