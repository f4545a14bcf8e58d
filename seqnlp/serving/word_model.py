"""What the models have in common that read words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from seqnlp.serving.model import Model
from seqnlp.serving.model_file import reading_metadata
from seqnlp.serving.runner import Runner
from seqnlp.text.sentences import split_sentences
from seqnlp.text.tokenizers import Token, Tokenizer, tokenizer
from seqnlp.text.tokenizers.token import tokens_of


@dataclass(frozen=True, repr=False)
class WordModel(Model):
    """A model file of a task that reads words, in use."""

    def __post_init__(self) -> None:
        with reading_metadata(self.file):
            _ = self.tokenizer  # made now, so that what is wrong with it is said when the file is opened

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """Cuts raw text as the training text was cut."""
        return tokenizer(self.file.spec["tokenizer"])

    @cached_property
    def _runner(self) -> Runner:
        return Runner(self.file, self.codec, self.threads, self.batch_size)

    def cut(self, content: str | Sequence[str]) -> tuple[str, Sequence[Token], Sequence[slice]]:
        """The text, its tokens, and which of them make up each sentence.

        Args:
            content: A text; or the words of one sentence, whose text is that of them joined by blanks.
        """
        if isinstance(content, str):
            tokens = self.tokenizer.tokenize(content)
            return content, tokens, list(split_sentences(content, tokens))
        tokens = tokens_of(content)
        return " ".join(content), tokens, [slice(0, len(tokens))] if tokens else []
