"""The embedded sample corpus: English sentences with persons, places, organisations and other names.

`ner.train.conll`, `ner.dev.conll` and `ner.test.conll` hold a word and its BIO tag a line, with an empty line
after each sentence. The labels are PER, LOC, ORG and MISC, as in the CoNLL shared tasks; MISC covers peoples and
languages, works, events and products. No name of the development or the test part occurs in the training part,
and about half of their sentences are built on frames of their own.

The sentences are composed from the grammar in `grammar/`, all of it written for seqnlp, by `compose.py`, which
writes the same files every time. They are part of seqnlp and, as the project, under the Apache License 2.0.
"""
