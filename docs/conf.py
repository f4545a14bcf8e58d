"""Configuration of the documentation site: `sphinx-build -W -b html docs SITE`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

from seqnlp import __version__
from seqnlp.training.backend import load_tensorflow

load_tensorflow()  # without its log messages, before autodoc imports layers

project = "seqnlp"
author = "The seqnlp authors"
release = __version__

extensions = [
    "generated_reference",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
]
myst_enable_extensions = ["amsmath", "colon_fence", "dollarmath", "fieldlist"]
myst_heading_anchors = 3
default_role = "code"
exclude_patterns = ["_*"]

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "pydata_sphinx_theme"
html_title = "seqnlp"
html_theme_options = {"navigation_depth": 2, "show_toc_level": 2}
