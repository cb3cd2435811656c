"""Bodies that go in and out; they have no defaults on the way out."""
