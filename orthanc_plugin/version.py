"""Which version of the plugin this is; the generated plugin file states the release instead."""

VERSION = "development"
