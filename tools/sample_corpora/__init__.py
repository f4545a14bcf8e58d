"""The embedded sample corpora, in English: for taggers, classifiers, parsers and, into German, translators.

`ner.train.conll`, `ner.dev.conll` and `ner.test.conll` hold a word and its BIO tag a line, with an empty
line after each sentence. The labels are PER, LOC, ORG and MISC, as in the CoNLL shared tasks; MISC covers
peoples and languages, titles of works, prizes and events, and products. No name of the development or the
test part occurs in the training part or in the other, and half of their sentences stand on frames that
training never sees.

`reviews.train.tsv`, `reviews.dev.tsv` and `reviews.test.tsv` hold a label and a text a row: what people
write about films, hotels, phones, trains and other everyday things. The labels are positive, negative and
neutral; the last are facts, questions and lukewarm opinions. About half of the development and the test
texts stand on frames that training never sees, and of the words that praise or complain of anything some
are left to each of them.

`phrases.train.tsv`, `phrases.dev.tsv` and `phrases.test.tsv` hold an English sentence and the same in German
a row: everyday sentences in which the two languages differ in order and agreement. No side of a pair occurs
twice, each word of dev and test occurs in train three times at least, and about two fifths of their sentences
stand on frames, each a mood, a tense and a kind of clause, that training never sees. "You" is always "du",
and what was done is told in the perfect.

`trees.train.mrg`, `trees.dev.mrg` and `trees.test.mrg` hold a tree a line, in brackets, with the labels of
the Penn Treebank: statements, questions, orders, headlines, with clauses within clauses. Whether a phrase
belongs to what stands beside it or further off, its words decide: one cooks fish with a spoon, or with
garlic. No sentence is there twice, and some words of most kinds are kept from training.

`compose.py` writes all files, the same ones every time, from what stands beside it: `ner.py` from
`ner.names.toml`, the names of each part, `ner.phrases.toml`, how names are built and what goes around them,
and `ner.frames.toml`, the sentences; `reviews.py` and `opinions.py` from `reviews.domains.toml`, what is
reviewed, `reviews.aspects.toml`, what of it is talked about, `reviews.words.toml`, what can be said of
anything, and `reviews.frames.toml`, the texts; `phrases.py`, with `sentences.py`, `lexicon.py`, `english.py`
and `german.py`, from `phrases.words.toml`; `trees.py` from `trees.grammar.toml`. All of it was written for
seqnlp and is, as the project, under the Apache License 2.0.
"""
