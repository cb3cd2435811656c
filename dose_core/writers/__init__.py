"""An exam in, a dose SR out. What cannot be written validly is refused by name."""
