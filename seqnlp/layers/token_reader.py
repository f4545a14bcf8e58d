"""The base class of language models."""

from collections.abc import Mapping, Sequence

from seqnlp.layers.network import TaskNetwork
from seqnlp.layers.recurrent import Recurrent
from seqnlp.types import Tensor


class TokenReader(TaskNetwork):
    """A network that reads tokens in one or two directions. Other networks can use its states as features.

    Attributes:
        input_table: The embeddings, [vocabulary, dimension].
    """

    input_table: Tensor

    @property
    def chains(self) -> Mapping[str, Sequence[Recurrent]]:
        """The recurrent layers of each direction, `forward` or `backward`, the first layer first."""
        raise NotImplementedError
