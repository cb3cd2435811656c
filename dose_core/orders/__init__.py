"""Orders of imaging: what messages say of them, what that adds up to, and which exams were made for them."""
