"""Summaries of every scenario of the library, as they were when somebody last said why they changed."""
