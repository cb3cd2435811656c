"""A small synthetic hospital that shows the whole house on one machine, and checks it."""
