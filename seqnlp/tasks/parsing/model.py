"""Parsers in use: texts in, trees out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from seqnlp.errors import ModelFileError
from seqnlp.serving.contents import list_texts
from seqnlp.serving.runner import Runner
from seqnlp.serving.signature import Signature
from seqnlp.serving.word_model import Text, WordModel, word_signature
from seqnlp.tasks.parsing.codec import ParserCodec
from seqnlp.tasks.parsing.decoding import Decoder, build_trees, find_decoder
from seqnlp.tasks.parsing.prediction import Parse
from seqnlp.trees.constituents import Constituents

POSITIONS = 512
"""Rows times padded length of a batch. It is small, so that the scores of all spans fit the cache."""


@dataclass(frozen=True, repr=False)
class Parser(WordModel[ParserCodec, Parse]):
    """Parses text with a model file.

    Example:
        >>> parser = seqnlp.load("runs/trees")
        >>> parser("Birds sing.").trees
    """

    task = "parser"
    codec_class = ParserCodec

    @classmethod
    def signature(cls, codec: ParserCodec, outputs: Collection[str]) -> Signature:
        """Return the inputs and outputs of a parser's graph.

        Raises:
            ModelFileError: No search of a parser reads such outputs.
        """
        try:
            decoder = find_decoder(outputs)
        except KeyError as error:
            raise ModelFileError(error.args[0]) from error
        return replace(word_signature(codec, decoder.values(codec)), derived=decoder.derived)

    @cached_property
    def _decoder(self) -> Decoder:
        return find_decoder({output.name for output in self.file.session.get_outputs()})

    @cached_property
    def _runner(self) -> Runner:
        return Runner(self.file, self.codec, self.threads, self.batch_size, POSITIONS)

    def predict(self, contents: Iterable[Text]) -> list[Parse]:
        """Parse texts. One call with many texts is faster than one call per text.

        Args:
            contents: Texts, or the words of sentences, in any mixture.

        Raises:
            TypeError: A single text is given, or one of them is not a text.
        """
        texts = [self.tokenize(content) for content in list_texts(contents)]
        words = [[token.text for token in tokens[place]] for _, tokens, places in texts for place in places]
        parsed = iter(self.parse(words))
        parses = []
        for text, tokens, places in texts:
            found = [next(parsed) for _ in places]
            trees = tuple(sentence.to_tree() for sentence, _ in found)
            parses.append(Parse(text, tokens, trees, sum((score for _, score in found), 0.0)))
        return parses

    def parse(self, sentences: Sequence[Sequence[str]]) -> list[tuple[Constituents, float]]:
        """Parse sentences of words.

        Args:
            sentences: The words of each sentence, at least one. Sentences that are longer than the
                `max_length` of the model are parsed in windows.

        Returns:
            The constituents of the best tree of each sentence, and its score: the sum of the scores of its
            constituents, or of its merges.
        """
        outputs = self._decoder.outputs
        windows, batches = self._runner(sentences, outputs)
        named = ((batch, dict(zip(outputs, arrays, strict=True))) for batch, arrays in batches)
        return build_trees(self.codec, windows, named, sentences)
