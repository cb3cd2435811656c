"""``python -m doseledger.demo [--once]``."""

from doseledger.demo.run import main

main()
