"""What outcomes depend on: sensitivity indices, and boxes of factors."""
