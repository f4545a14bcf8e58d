"""File formats, and the readers that choose between them."""
