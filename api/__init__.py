"""The HTTP service: takes objects in, answers viewers and systems, shows the pages."""
