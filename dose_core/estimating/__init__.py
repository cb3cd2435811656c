"""Which methods speak of an exam, and what they are given: from what is counted to numbers in, estimates out."""
