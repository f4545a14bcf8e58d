"""Input of `seqnlp predict` in the formats of corpus files.

What reads a format is imported when a file of this format is read.
"""
