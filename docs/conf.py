"""How the pages of this folder become a site: `make docs`. Builds offline; pages ask nothing from anywhere."""

from importlib.metadata import version as installed

project = "alliancelab"
author = "alliancelab engineers"
version = release = installed("alliancelab")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 4
nitpicky = True
nitpick_ignore_regex = [("py:.*", ".*")]  # types of parameters are words, not links; links between pages are checked
suppress_warnings = ["ref.python"]  # attributes of several results share names
html_theme = "furo"
html_title = f"alliancelab {version}"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # types stand in the text of each parameter
napoleon_google_docstring = False
napoleon_use_rtype = False
