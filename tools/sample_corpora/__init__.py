"""The generator of the embedded sample corpora.

    python -m tools.sample_corpora.compose --output DIR

writes all files of `corpora/samples`, the same bytes every time. There are five English samples
and one of music:

* **Tagging**: `ner.train.conll`, `ner.dev.conll`, `ner.test.conll`. One word and its BIO tag per line, and an
  empty line after each sentence. The labels are PER, LOC, ORG and MISC, as in the CoNLL shared tasks; MISC
  covers nationalities and languages, titles of works, prizes and events, and products. No name of the
  development or test split occurs in another split, and half of their sentences use frames that do not occur
  in training.
* **Classification**: `reviews.train.tsv`, `reviews.dev.tsv`, `reviews.test.tsv`. One label and one text per
  row: short reviews of films, hotels, phones, trains and other everyday things. The labels are positive,
  negative and neutral; neutral texts are facts, questions and lukewarm opinions. About half of the
  development and test texts use frames that do not occur in training, and both splits have some general words
  of praise and complaint of their own.
* **Translation**: `phrases.train.tsv`, `phrases.dev.tsv`, `phrases.test.tsv`. One English sentence and its
  German translation per row: everyday sentences in which the two languages differ in word order and
  agreement. No side of a pair occurs twice. Each word of the development and test splits occurs at least
  three times in training, and about two fifths of their sentences use frames (a mood, a tense and a kind of
  clause) that do not occur in training. "You" is always "du", and the German past is the perfect.
* **Parsing**: `trees.train.mrg`, `trees.dev.mrg`, `trees.test.mrg`. One tree in brackets per line, with the
  labels of the Penn Treebank: statements, questions, requests and headlines, with nested clauses. The words
  decide where a phrase is attached: one cooks fish with a spoon, or fish with garlic. No sentence occurs
  twice, and some words of most parts of speech do not occur in training.
* **Language models**: `stories.train.txt`, `stories.dev.txt`, `stories.test.txt`. Short stories with
  dialogues, letters, diaries, recipes, riddles and sayings, with an empty line between two texts. Names,
  pronouns, verbs and things agree within a text. No text occurs twice, and some words of the longer lists do
  not occur in training.
* **Music**: `tunes.train.abc`, `tunes.dev.abc`, `tunes.test.abc`. Jigs, reels, waltzes and polkas in ABC
  notation with chords, in eight keys, with an empty line between two tunes. Each has two parts of eight bars.
  No music occurs twice.

Each sample is composed by one module from tables next to it:

* `ner.py`: `ner.names.toml` (the names of each split), `ner.phrases.toml` (how names are built, and the
  phrases around them) and `ner.frames.toml` (the sentences).
* `reviews.py` and `opinions.py`: `reviews.domains.toml` (the things that are reviewed),
  `reviews.aspects.toml` (their aspects), `reviews.words.toml` (general words) and `reviews.frames.toml` (the
  texts).
* `phrases.py` with `sentences.py`, `lexicon.py`, `english.py` and `german.py`: `phrases.words.toml`.
* `trees.py`: `trees.grammar.toml`.
* `stories.py`: `stories.words.toml` (the words) and `stories.frames.toml` (the texts).
* `tunes.py`, which has its tables in the code.

Everything was written for seqnlp and is under the Apache License 2.0, like the project.
"""
