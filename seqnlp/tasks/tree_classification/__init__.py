"""Recursive networks that label every node of a tree."""
