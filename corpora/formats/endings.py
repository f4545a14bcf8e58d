"""The endings of file names that select a format, for formats that several readers or tasks share."""

CONLL_ENDINGS = (
    *(".conll", ".conll2002", ".conll2003", ".col", ".tsv", ".txt", ".ner", ".pos", ".annotated"),
    *(".bio", ".bio2", ".iob", ".iob1", ".iob2", ".iobes", ".bioes", ".bilou", ".bmes"),
    *(".train", ".dev", ".valid", ".test", ".testa", ".testb"),
)
"""The endings of words and tags in columns."""

CONLLU_ENDINGS = (".conllu",)
"""The ending of CoNLL-U."""
