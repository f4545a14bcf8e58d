"""Keras 3 layers: recurrent layers, tree recurrence, attention, pooling, character encoders and a CRF."""
