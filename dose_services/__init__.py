"""Use cases: one function per thing that a user or a machine asks for; no commit, no HTTP, no SQL."""
