"""The words of figures and reports, in English and Chinese."""
