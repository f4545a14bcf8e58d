"""File formats: how each is read, and the readers that choose among them."""
