"""What others measured or know of a patient: weight, height, head, pregnancy; and what of it holds at an exam."""
