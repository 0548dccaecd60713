"""Policy: one file an instrument, each with its declaration and its compiled behaviour; `instruments` lists them."""
