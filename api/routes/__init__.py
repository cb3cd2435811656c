"""One file per noun of the API; routes translate and call a service."""
