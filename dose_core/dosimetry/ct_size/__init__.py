"""How large a patient is where a CT irradiated: diameters from pixels, from two sides, or as stated."""
