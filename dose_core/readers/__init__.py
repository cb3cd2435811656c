"""One file per kind of source; `registry.read_dose` finds the one that reads an object."""
