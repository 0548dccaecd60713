"""What a conclusion depends on: luck, ignorance, how many worlds confirm it, which unknown number would flip it."""
