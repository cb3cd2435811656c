"""How the names of our settings begin in the environment."""

PREFIX = "DOSELEDGER_"
