"""Results: one class per kind, all of one shape."""
