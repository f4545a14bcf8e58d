"""Types of arrays, tensors and JSON values, in one place.

`Tensor` and `JsonObject` are the borders to untyped libraries: Keras has no type annotations, and `json`
returns any value.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
"""An array of any dtype."""
Arrays: TypeAlias = dict[str, NDArray[Any]]
"""Named arrays: a batch, or the outputs of a network."""
Flags: TypeAlias = NDArray[np.bool_]
"""An array of bool."""
Floats: TypeAlias = NDArray[np.floating[Any]]
"""An array of float32 or float64."""
Ids: TypeAlias = NDArray[np.int32]
"""An int32 array of vocabulary ids."""
Integers: TypeAlias = NDArray[np.integer[Any]]
"""An array of any integer dtype: lengths, rows, offsets."""

Tensor: TypeAlias = Any
"""A tensor or variable of the Keras backend."""

JsonObject: TypeAlias = Mapping[str, Any]
"""A JSON object, to read."""
Network: TypeAlias = Any
"""A Keras model. Serving never loads Keras, so its class is not named here."""
