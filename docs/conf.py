"""How the pages of this folder become a site: `make docs`. Builds offline; pages ask nothing from anywhere."""

from importlib.metadata import version as installed

project = "alliancelab"
author = "alliancelab engineers"
version = release = installed("alliancelab")
extensions = ["myst_parser"]
myst_heading_anchors = 4
nitpicky = True
html_theme = "furo"
html_title = f"alliancelab {version}"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
