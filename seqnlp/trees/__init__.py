"""Trees over words: binary ones, and networks that go up them."""
