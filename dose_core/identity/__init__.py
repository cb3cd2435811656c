"""Rules on who is who: when two names are surely of two people, and when a name is nobody's."""
