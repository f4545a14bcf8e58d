"""Keras 3 layers that the networks are composed of."""
