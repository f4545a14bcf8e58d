"""Options of the search for translations."""

from dataclasses import dataclass

from seqnlp.serving.graph_options import GraphOptions, bounded


@dataclass(frozen=True)
class SearchOptions(GraphOptions):
    """Options of a beam search.

    Attributes:
        beam_size: Number of hypotheses per sentence; 1 is greedy search.
        n_best: Number of hypotheses to return, at most `beam_size`.
        min_length: Minimum number of tokens of a hypothesis, including the end symbol.
        max_length: Maximum number of tokens; 0 for twice the tokens of the source plus 20.
        length_penalty: Alpha of Wu et al. 2016, equation 14. Higher values favour longer hypotheses.
        coverage_penalty: Beta of the same equation. Higher values favour hypotheses that attend to all tokens
            of the source.
        no_repeat_ngram_size: Block repeated n-grams of this size; 0 to allow them.

    Raises:
        ConfigError: A value is out of bounds, or `n_best` exceeds `beam_size`.

    Example:
        >>> SearchOptions(beam_size=8, n_best=3).n_best
        3
    """

    beam_size: int = bounded(5, 1, 1000)
    n_best: int = bounded(1, 1, 1000)
    min_length: int = bounded(0, 0, 100_000)
    max_length: int = bounded(0, 0, 100_000)
    length_penalty: float = bounded(1.0, 0, 100)
    coverage_penalty: float = bounded(0.0, 0, 100)
    no_repeat_ngram_size: int = bounded(0, 0, 1000)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_n_best(self.n_best, self.beam_size)
