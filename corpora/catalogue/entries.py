"""The entries of the catalogue: all corpora that seqnlp knows by name."""

from collections.abc import Mapping

from seqnlp.corpora.catalogue.data_folder import AlignedFiles, NumberedTexts, TextFile
from seqnlp.corpora.catalogue.embedded import EmbeddedSample
from seqnlp.corpora.catalogue.entry import Entry
from seqnlp.corpora.catalogue.nltk_corpora import (
    BLANK_LINE_LAYOUT,
    BRACKET_LAYOUT,
    LINE_LAYOUT,
    NltkCorpus,
    NltkDocuments,
    NltkTexts,
    NltkTrees,
    Selection,
)
from seqnlp.corpora.formats.documents import DOCUMENTS, DocumentOptions
from seqnlp.corpora.formats.labelled import LABELLED
from seqnlp.corpora.formats.pairs import PAIRS
from seqnlp.corpora.formats.tagged import TAGGED
from seqnlp.corpora.formats.trees import TREES

_CONLL2002_LICENCE = "research in the context of the CoNLL-2002 shared task only (its README)"
_TREEBANK_LICENCE = "Penn Treebank sample, (C) 1995 University of Pennsylvania; non-commercial use only"
_BY_NUMBER = "fixed here: of every ten texts of a label, the ninth is dev and the tenth is test"
_BY_FILE = "fixed here: files whose numbers end in 3 are dev, in 6 test, and all others train"

_BROWN = NltkCorpus(
    package="brown",
    sentences="tagged_sents",
    layout=LINE_LAYOUT,
    splits={
        "train": Selection(r"c.\d[^36]"),
        "dev": Selection(r"c.\d3"),
        "test": Selection(r"c.\d6"),
    },
)


def _conll2002(language: str) -> NltkCorpus:
    return NltkCorpus(
        package="conll2002",
        sentences="iob_sents",
        layout=BLANK_LINE_LAYOUT,
        splits={
            "train": Selection(rf"{language}\.train"),
            "dev": Selection(rf"{language}\.testa"),
            "test": Selection(rf"{language}\.testb"),
        },
        aliases={"testa": "dev", "testb": "test"},
    )


def _multi30k(source: str, target: str) -> Entry:
    return Entry(
        task="translator",
        tags="translations",
        language=f"{source}-{target}",
        description="English captions of 31,014 photographs, translated into German (Elliott et al. 2016).",
        split_rule="published: train, val (dev), test_2016_flickr (test)",
        licence="non-commercial research and education only (its README)",
        source=AlignedFiles(
            "multi30k",
            f"{source}-{target}",
            {"train": "train", "dev": "val", "test": "test_2016_flickr"},
        ),
        by_hand=(
            "put {train,val,test_2016_flickr}.{en,de}.gz of github.com/multi30k/dataset (data/task1/raw) "
            "into a folder named multi30k, and set SEQNLP_DATA to the folder that contains it"
        ),
    )


CATALOGUE: Mapping[str, Entry] = {
    "sample/ner": Entry(
        task="tagger",
        tags="entities",
        language="en",
        description="Embedded sample: English sentences composed for seqnlp, with four kinds of names.",
        split_rule="fixed; no name of dev or test occurs in train",
        licence="Apache-2.0, as seqnlp",
        source=EmbeddedSample("ner.{split}.conll", TAGGED),
    ),
    "sample/reviews": Entry(
        task="classifier",
        tags="sentiment",
        language="en",
        description="Embedded sample: short English reviews composed for seqnlp, with three labels.",
        split_rule="fixed; no text of dev or test occurs in train",
        licence="Apache-2.0, as seqnlp",
        source=EmbeddedSample("reviews.{split}.tsv", LABELLED),
    ),
    "sample/phrases": Entry(
        task="translator",
        tags="translations",
        language="en-de",
        description="Embedded sample: English everyday sentences and their German translations.",
        split_rule="fixed; no sentence of dev or test occurs in train, on either side",
        licence="Apache-2.0, as seqnlp",
        source=EmbeddedSample("phrases.{split}.tsv", PAIRS),
    ),
    "sample/trees": Entry(
        task="parser",
        tags="constituents",
        language="en",
        description="Embedded sample: English sentences composed for seqnlp, as trees.",
        split_rule="fixed; no sentence of dev or test occurs in train",
        licence="Apache-2.0, as seqnlp",
        source=EmbeddedSample("trees.{split}.mrg", TREES),
    ),
    "sample/stories": Entry(
        task="language-model",
        tags="text",
        language="en",
        description="Embedded sample: short English stories, letters and recipes composed for seqnlp.",
        split_rule="fixed; no text of dev or test occurs in train",
        licence="Apache-2.0, as seqnlp",
        source=EmbeddedSample("stories.{split}.txt", DOCUMENTS, DocumentOptions(document="paragraph")),
    ),
    "sample/tunes": Entry(
        task="language-model",
        tags="text",
        language="zxx",
        description="Embedded sample: dance tunes in ABC notation composed for seqnlp.",
        split_rule="fixed; no tune of dev or test occurs in train",
        licence="Apache-2.0, as seqnlp",
        source=EmbeddedSample("tunes.{split}.abc", DOCUMENTS),
    ),
    "conll2002/esp": Entry(
        task="tagger",
        tags="entities",
        language="es",
        description="Spanish newswire of EFE, May 2000, with four kinds of names (Tjong Kim Sang 2002).",
        split_rule="published: train, testa (dev), testb (test)",
        licence=_CONLL2002_LICENCE,
        source=_conll2002("esp"),
    ),
    "conll2002/ned": Entry(
        task="tagger",
        tags="entities",
        language="nl",
        description="Dutch, four issues of De Morgen, 2000, with four kinds of names (Tjong Kim Sang 2002).",
        split_rule="published: train, testa (dev), testb (test)",
        licence=_CONLL2002_LICENCE,
        source=_conll2002("ned"),
    ),
    "conll2000": Entry(
        task="tagger",
        tags="chunks",
        language="en",
        description="Wall Street Journal sections 15-18 and 20 in chunks (Tjong Kim Sang and Buchholz 2000).",
        split_rule="train and test published; dev fixed here: the last 1,000 sentences, removed from train",
        licence="none stated by its distributor",
        source=NltkCorpus(
            package="conll2000",
            sentences="iob_sents",
            layout=BLANK_LINE_LAYOUT,
            splits={
                "train": Selection(r"train\.txt", stop=-1000),
                "dev": Selection(r"train\.txt", start=-1000),
                "test": Selection(r"test\.txt"),
            },
        ),
    ),
    "brown": Entry(
        task="tagger",
        tags="pos",
        language="en",
        description="American English of 1961, 500 texts of 15 genres (Francis and Kucera 1964).",
        split_rule=_BY_FILE,
        licence="non-commercial purposes only",
        source=_BROWN,
    ),
    "brown/text": Entry(
        task="language-model",
        tags="text",
        language="en",
        description="The 500 texts of brown without tags: a sentence per line, spaces between the words.",
        split_rule=_BY_FILE,
        licence="non-commercial purposes only",
        source=NltkDocuments(_BROWN),
    ),
    "treebank/pos": Entry(
        task="tagger",
        tags="pos",
        language="en",
        description="Wall Street Journal, 199 articles, without the traces (Marcus et al. 1993).",
        split_rule=_BY_FILE,
        licence=_TREEBANK_LICENCE,
        source=NltkCorpus(
            package="treebank",
            sentences="tagged_sents",
            layout=BRACKET_LAYOUT,
            splits={
                "train": Selection(r"wsj_\d{3}[^36]\.mrg"),
                "dev": Selection(r"wsj_\d{3}3\.mrg"),
                "test": Selection(r"wsj_\d{3}6\.mrg"),
            },
        ),
    ),
    "treebank/trees": Entry(
        task="parser",
        tags="constituents",
        language="en",
        description="Wall Street Journal, 199 articles, as trees (Marcus et al. 1993).",
        split_rule="fixed here: wsj_0001 to 0159 train, 0160 to 0179 dev, 0180 to 0199 test",
        licence=_TREEBANK_LICENCE,
        source=NltkTrees(
            "treebank",
            {
                "train": Selection(r"wsj_0(0\d\d|1[0-5]\d)\.mrg"),
                "dev": Selection(r"wsj_01[67]\d\.mrg"),
                "test": Selection(r"wsj_01[89]\d\.mrg"),
            },
        ),
    ),
    "sentence_polarity": Entry(
        task="classifier",
        tags="sentiment",
        language="en",
        description="Sentences of film reviews, 5,331 positive and 5,331 negative (Pang and Lee 2005).",
        split_rule=_BY_NUMBER,
        licence="none stated by its distributor",
        source=NltkTexts("sentence_polarity", line_per_text=True),
    ),
    "movie_reviews": Entry(
        task="classifier",
        tags="sentiment",
        language="en",
        description="Film reviews, 1,000 positive and 1,000 negative (Pang and Lee 2004).",
        split_rule=_BY_NUMBER,
        licence="none stated by its distributor",
        source=NltkTexts("movie_reviews", line_per_text=False),
    ),
    "multi30k/en-de": _multi30k("en", "de"),
    "multi30k/de-en": _multi30k("de", "en"),
    "tinyshakespeare": Entry(
        task="language-model",
        tags="text",
        language="en",
        description="Plays of Shakespeare, 1,115,394 characters (Karpathy 2015).",
        split_rule="customary: the first 90 % of the characters are train and the others dev; no test",
        licence="public domain; MIT for the repository that distributes it",
        source=TextFile("tinyshakespeare/input.txt", {"train": (0, 90), "dev": (90, 100)}),
        by_hand=(
            "put data/tinyshakespeare/input.txt of github.com/karpathy/char-rnn into a folder named "
            "tinyshakespeare, and set SEQNLP_DATA to the folder that contains it"
        ),
    ),
    "film_reviews_raw": Entry(
        task="language-model",
        tags="text",
        language="en",
        description="Film reviews without labels, from the Large Movie Review Dataset (Maas et al. 2011).",
        split_rule="fixed here: of every fifty reviews, the 49th is dev and the 50th is test",
        licence="none stated by its distributor, who asks for a citation",
        source=NumberedTexts("film_reviews_raw/reviews.txt.gz", 50, DocumentOptions(document="line")),
        by_hand=(
            "write the reviews in train/unsup of ai.stanford.edu/~amaas/data/sentiment to reviews.txt.gz, "
            "one per line, in a folder named film_reviews_raw, and set SEQNLP_DATA to the folder that "
            "contains it"
        ),
    ),
    "nottingham": Entry(
        task="language-model",
        tags="text",
        language="zxx",
        description="1,034 British and American folk tunes with chords, of the Nottingham Music Database.",
        split_rule="fixed here: of every ten tunes, the ninth is dev and the tenth is test",
        licence="GPL-3.0 (its repository)",
        source=NumberedTexts("nottingham_abc/ABC_cleaned/*.abc", 10),
        by_hand=(
            "put the folder ABC_cleaned of github.com/jukedeck/nottingham-dataset into a folder named "
            "nottingham_abc, and set SEQNLP_DATA to the folder that contains it"
        ),
    ),
}
"""The entries by name. Add an entry to add a corpus."""
