"""Tree classifiers: recursive networks that label every node of a given tree."""
