"""Options of predictions by tasks that read words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seqnlp.corpora.formats.endings import CONLL_ENDINGS, CONLLU_ENDINGS
from seqnlp.corpora.inputs.columns import column_reader, conllu_reader
from seqnlp.serving.items import InputFormat, read_text_objects, read_texts, read_tokens
from seqnlp.serving.predict_options import ModelT, PredictOptions
from seqnlp.text.json_values import JSON_ENDINGS


@dataclass(frozen=True, kw_only=True)
class WordPredictOptions(PredictOptions[ModelT]):
    """The options of predictions by tasks that read words."""

    def input_formats(self, form: Any) -> Mapping[str, InputFormat]:
        """Return the formats of texts, tokens, word columns and JSON lines."""
        return {
            "text": InputFormat(read_texts, (".txt",)),
            "tokens": InputFormat(read_tokens),
            "conll": InputFormat(column_reader(), CONLL_ENDINGS),
            "conllu": InputFormat(conllu_reader(), CONLLU_ENDINGS),
            "jsonl": InputFormat(read_text_objects, JSON_ENDINGS),
        }
