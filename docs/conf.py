"""Configuration of the documentation site: `sphinx-build -W -b html docs SITE`."""

from seqnlp import __version__

project = "seqnlp"
author = "The seqnlp authors"
release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx.ext.napoleon"]
myst_enable_extensions = ["amsmath", "colon_fence", "dollarmath", "fieldlist"]
myst_heading_anchors = 3
exclude_patterns = ["_*", "extending/task.md", "tagging.md", "classification.md", "translation.md", "parsing.md", "trees.md", "model-file.md", "decisions.md"]

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "pydata_sphinx_theme"
html_title = "seqnlp"
html_theme_options = {"navigation_depth": 2, "show_toc_level": 2}
