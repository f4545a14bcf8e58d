"""The generator of the translation sample."""

import csv
import os
import random
import re
import subprocess
import sys
from collections import Counter
from importlib.resources import files

import pytest

from seqnlp import corpora
from tools.sample_corpora import english, german, phrases
from tools.sample_corpora.clauses import Clause
from tools.sample_corpora.lexicon import Lexicon
from tools.sample_corpora.sentences import Composer
from tools.sample_corpora.tables import read_table

SPLITS = ("train", "dev", "test")
WORD = re.compile(r"\w+|[^\w\s]")
# Composes in a separate process with another order of sets, and prints a digest.
DIGEST = """
import hashlib
from tools.sample_corpora.phrases import compose_files
print(hashlib.sha256("".join(content for _, content in compose_files()).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def corpus():
    tables = {}
    for split in SPLITS:
        text = files("seqnlp.corpora.samples").joinpath(f"phrases.{split}.tsv").read_text(encoding="utf-8")
        header, *rows = csv.reader(text.splitlines(), delimiter="\t", strict=True)
        assert header == ["source", "target"]
        tables[split] = rows
    return tables


def test_the_catalogue_contains_the_sample(corpus):
    sample = corpora.load("sample/phrases")
    for split in SPLITS:
        assert [[pair.source, pair.target] for pair in sample.split(split)] == corpus[split]
    assert sample.dev[0].origin.line == 2


def test_composing_does_not_depend_on_the_order_of_sets():
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_splits_have_their_sizes(corpus):
    assert {split: len(rows) for split, rows in corpus.items()} == {"train": 3000, "dev": 250, "test": 250}


@pytest.mark.parametrize("side", [0, 1])
def test_no_sentence_occurs_twice(corpus, side):
    texts = Counter(row[side].casefold() for rows in corpus.values() for row in rows)
    assert texts.most_common(1)[0][1] == 1


@pytest.mark.parametrize("side", [0, 1])
def test_every_word_of_dev_and_test_occurs_three_times_in_train(corpus, side):
    known = Counter(word for row in corpus["train"] for word in WORD.findall(row[side]))
    for split in ("dev", "test"):
        assert min(known[word] for row in corpus[split] for word in WORD.findall(row[side])) >= 3


def test_texts_are_sentences_without_grammar_symbols(corpus):
    for rows in corpus.values():
        for text in (text for row in rows for text in row):
            assert re.fullmatch(r"[A-ZÄÖÜ][\wäöüß', ]+[.!?]( [A-ZÄÖÜ][\wäöüß', ]+[.])?", text), text
            assert "  " not in text
            assert not re.search(r" [,.!?]|,[,.!?]|\bcan not\b|\ba [aeiou]", text), text


def test_the_table_of_words_is_consistent():
    words = read_table("phrases.words")
    composer = Composer(words, random.Random(1))
    held_back = [tuple(frame.split()) for frame in words["held_back"]["frames"].split("\n") if frame]
    assert len(set(held_back)) == len(held_back) >= 20
    for mood, tense, kind in held_back:
        tenses, kinds, _ = words["moods"][mood].split(", ")
        assert (tense in tenses.split(), kind in kinds.split()) == (True, True)
    for frame in held_back:
        assert all(composer.compose(frame))
    assert set(words["nouns"]) == set(words["adjectives"])


def test_held_back_frames_do_not_occur_in_train(monkeypatch):
    composed = {}
    compose = Composer.compose

    def noted(self, frame):
        pair = compose(self, frame)
        composed.setdefault(pair, set()).add(frame)
        return pair

    monkeypatch.setattr(Composer, "compose", noted)
    text = read_table("phrases.words")["held_back"]["frames"]
    held_back = {tuple(frame.split()) for frame in text.split("\n") if frame}
    shares = {
        split: sum(bool(composed[pair] & held_back) for pair in pairs) / len(pairs)
        for split, pairs in phrases.compose().items()
    }
    assert shares["train"] == 0
    assert 0.3 < shares["dev"] < 0.5
    assert 0.3 < shares["test"] < 0.5


DEFINITE = """
der rote Apfel, die rote Birne, das rote Ei, die roten Eier
den roten Apfel, die rote Birne, das rote Ei, die roten Eier
dem roten Apfel, der roten Birne, dem roten Ei, den roten Eiern
"""
POSSESSIVE = """
mein roter Apfel, meine rote Birne, mein rotes Ei, meine roten Eier
meinen roten Apfel, meine rote Birne, mein rotes Ei, meine roten Eier
meinem roten Apfel, meiner roten Birne, meinem roten Ei, meinen roten Eiern
"""
STRONG = """
dieser rote Apfel, diese rote Birne, dieses rote Ei, diese roten Eier
diesen roten Apfel, diese rote Birne, dieses rote Ei, diese roten Eier
diesem roten Apfel, dieser roten Birne, diesem roten Ei, diesen roten Eiern
"""
BARE = """
roter Apfel, rote Birne, rotes Ei, rote Eier
roten Apfel, rote Birne, rotes Ei, rote Eier
rotem Apfel, roter Birne, rotem Ei, roten Eiern
"""


@pytest.mark.parametrize(
    ("determiner", "table"),
    [
        (("d", "definite"), DEFINITE),
        (("mein", "possessive"), POSSESSIVE),
        (("dies", "strong"), STRONG),
        (("-", "plain"), BARE),
    ],
)
def test_german_nouns_are_inflected(determiner, table):
    nouns = ("Apfel", "Birne", "Ei", "Eier")
    for case, line in zip(german.CASES, table.strip().split("\n"), strict=True):
        found = [
            german.noun_phrase(determiner, "rot", noun, gender, case) for gender, noun in enumerate(nouns)
        ]
        assert found == line.split(", ")


@pytest.mark.parametrize(
    ("phrase", "arguments"),
    [
        ("zwei roten Äpfeln", (("zwei", "plain"), "rot", "Äpfel", german.PLURAL, "dative")),
        ("viele rote Äpfel", (("viel", "strong"), "rot", "Äpfel", german.PLURAL, "accusative")),
        ("einem müden Nachbarn", (("ein", "possessive"), "müde", "Nachbar", 0, "dative", "Nachbarn")),
        ("ein müder Nachbar", (("ein", "possessive"), "müde", "Nachbar", 0, "nominative", "Nachbarn")),
        ("den Frauen", (("d", "definite"), "", "Frauen", german.PLURAL, "dative")),
        ("den Radios", (("d", "definite"), "", "Radios", german.PLURAL, "dative")),
        ("keine Eier", (("kein", "possessive"), "", "Eier", german.PLURAL, "accusative")),
    ],
)
def test_irregular_german_nouns_are_inflected(phrase, arguments):
    assert german.noun_phrase(*arguments) == phrase


CONJUGATED = """
eat | isst: ich esse, du isst, er isst, wir essen, sie essen: I eat, you eat, he eats, we eat, they eat
wash | wäscht: ich wasche, du wäschst, er wäscht, wir waschen, sie waschen: I wash, you wash, he washes, we wash, they wash
open | öffnet: ich öffne, du öffnest, er öffnet, wir öffnen, sie öffnen: I open, you open, he opens, we open, they open
cut | schneidet: ich schneide, du schneidest, er schneidet, wir schneiden, sie schneiden: I cut, you cut, he cuts, we cut, they cut
feed | füttert: ich füttere, du fütterst, er füttert, wir füttern, sie füttern: I feed, you feed, he feeds, we feed, they feed
have | hat: ich habe, du hast, er hat, wir haben, sie haben: I have, you have, he has, we have, they have
cry | weint: ich weine, du weinst, er weint, wir weinen, sie weinen: I cry, you cry, he cries, we cry, they cry
play | spielt: ich spiele, du spielst, er spielt, wir spielen, sie spielen: I play, you play, he plays, we play, they play
clean | putzt: ich putze, du putzt, er putzt, wir putzen, sie putzen: I clean, you clean, he cleans, we clean, they clean
answer | antwortet: ich antworte, du antwortest, er antwortet, wir antworten, sie antworten: I answer, you answer, he answers, we answer, they answer
"""


def verb_named(base, lexicon):
    sections = [section for kind in KINDS for section in lexicon.words[kind]]
    section = next(each for each in sections if f"\n{base}," in f"\n{each['verbs']}")
    line = next(line for line in section["verbs"].split("\n") if line.startswith(f"{base},"))
    return lexicon.verb({"verbs": line}, willed=False)


KINDS = ("transitive", "dative", "giving", "intransitive", "motion")


@pytest.fixture
def lexicon():
    return Lexicon(read_table("phrases.words"), random.Random(1))


@pytest.mark.parametrize("line", CONJUGATED.strip().split("\n"))
def test_verbs_are_inflected_in_the_present(lexicon, line):
    head, in_german, in_english = line.split(": ")
    base, third = head.split(" | ")
    verb = verb_named(base, lexicon)
    assert verb.third == third
    persons = [lexicon.pronoun(name) for name in ("speaker", "hearer", "male", "speakers", "others")]
    clauses = [Clause(person, verb, "present") for person in persons]
    assert [german.statement(clause) for clause in clauses] == in_german.split(", ")
    assert [english.statement(clause) for clause in clauses] == in_english.split(", ")


@pytest.fixture
def she_closes(lexicon):
    window, _ = lexicon.noun_phrase("openings", ("the", "d", "definite"), plain=True)
    while window.object != "the window":
        window, _ = lexicon.noun_phrase("openings", ("the", "d", "definite"), plain=True)

    def clause(tense, **more):
        objects = (("accusative", window),)
        return Clause(lexicon.pronoun("female"), verb_named("close", lexicon), tense, objects=objects, **more)

    return clause


@pytest.mark.parametrize(
    ("tense", "more", "source", "target", "after_that"),
    [
        ("present", {}, "she closes the window", "sie macht das Fenster zu", "sie das Fenster zumacht"),
        (
            "past",
            {"negated": (True, True)},
            "she did not close the window",
            "sie hat das Fenster nicht zugemacht",
            "sie das Fenster nicht zugemacht hat",
        ),
        (
            "perfect",
            {"adverb": ("already", "schon")},
            "she has already closed the window",
            "sie hat das Fenster schon zugemacht",
            "sie das Fenster schon zugemacht hat",
        ),
        (
            "modal",
            {"modal": "want to", "time": ("today", "heute")},
            "she wants to close the window today",
            "sie will heute das Fenster zumachen",
            "sie heute das Fenster zumachen will",
        ),
        (
            "future",
            {"place": ("at school", "in der Schule")},
            "she will close the window at school",
            "sie wird das Fenster in der Schule zumachen",
            "sie das Fenster in der Schule zumachen wird",
        ),
    ],
)
def test_words_are_in_order_in_both_languages(she_closes, tense, more, source, target, after_that):
    clause = she_closes(tense, **more)
    assert english.statement(clause) == source
    assert german.statement(clause) == target
    assert german.subordinate(clause) == after_that


def test_questions_fronted_statements_and_requests_are_in_order(she_closes):
    clause = she_closes("present")
    assert (english.question(clause), german.question(clause)) == (
        "does she close the window",
        "macht sie das Fenster zu",
    )
    assert german.statement(clause, "heute") == "heute macht sie das Fenster zu"
    assert german.imperative(clause) == "mach das Fenster zu"


def test_pronouns_precede_indefinite_objects(lexicon):
    man = lexicon.noun_phrase("family", ("my", "mein", "possessive"), plain=True)[0]
    to_me = (("dative", lexicon.pronoun("speaker")),)
    help_me = Clause(man, verb_named("help", lexicon), "present", objects=to_me)
    subject, verb = man.german["nominative"], "helfen" if man.person == 4 else "hilft"
    assert german.question(help_me) == f"{verb} mir {subject}"
    assert german.subordinate(help_me) == f"{subject} mir {verb}"
    it = (("accusative", lexicon.pronoun("thing")),)
    switch = Clause(lexicon.pronoun("speakers"), verb_named("switch off", lexicon), "perfect", objects=it)
    assert english.statement(switch) == "we have switched it off"
    assert german.statement(switch) == "wir haben es ausgeschaltet"


@pytest.mark.parametrize(
    ("base", "request_"),
    [
        ("eat", "iss"),
        ("wash", "wasch"),
        ("help", "hilf"),
        ("feed", "füttere"),
        ("thank", "danke"),
        ("open", "öffne"),
    ],
)
def test_requests_have_the_imperative(lexicon, base, request_):
    assert (
        german.imperative(Clause(lexicon.pronoun("hearer"), verb_named(base, lexicon), "present")) == request_
    )
