"""What a conclusion hangs on: luck, ignorance, how many worlds bear it out, and which unknown number would flip it."""
