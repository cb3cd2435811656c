"""What makes the record of looks tell whether somebody changed it. No I/O, no clock."""
