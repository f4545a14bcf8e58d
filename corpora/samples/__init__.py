"""The embedded sample corpus: English sentences with persons, places, organisations and other names.

`ner.train.conll`, `ner.dev.conll` and `ner.test.conll` hold a word and its BIO tag a line, with an empty
line after each sentence. The labels are PER, LOC, ORG and MISC, as in the CoNLL shared tasks; MISC covers
peoples and languages, titles of works, prizes and events, and products. No name of the development or the
test part occurs in the training part or in the other, and half of their sentences stand on frames that
training never sees.

`compose.py` writes the sentences, the same ones every time, from what stands beside it: `names.toml`, the
names of each part; `phrases.toml`, how names are built and what goes around them; `frames.toml`, the
sentences. All of it was written for seqnlp and is, as the project, under the Apache License 2.0.
"""
