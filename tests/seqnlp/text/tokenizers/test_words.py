import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from seqnlp.text.tokenizers import get_tokenizer


def cut(text: str, name: str = "words") -> list[str]:
    return [token.text for token in get_tokenizer(name).tokenize(text)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Ada Lovelace lived in London.", "Ada|Lovelace|lived|in|London|."),
        # English clitics, as in the Penn Treebank
        ("I don't, can’t, WON'T; isn't!", "I|do|n't|,|ca|n’t|,|WO|N'T|;|is|n't|!"),
        ("She'll say it's they're I'm you've he'd", "She|'ll|say|it|'s|they|'re|I|'m|you|'ve|he|'d"),
        ("the dogs' bowls, O'Brien's o'clock", "the|dogs|'|bowls|,|O'Brien|'s|o'clock"),
        ("in the '80s, 'quoted' ''twice''", "in|the|'80s|,|'|quoted|'|''|twice|''"),
        # abbreviations and initials keep their dot
        ("Mr. J. R. Smith of Acme Inc. met Dr. Who.", "Mr.|J.|R.|Smith|of|Acme|Inc.|met|Dr.|Who|."),
        ("the U.S.-based U.S. firm, e.g. at 10:30 a.m.", "the|U.S.-based|U.S.|firm|,|e.g.|at|10:30|a.m."),
        ("EE.UU. y el Sr. Aznar", "EE.UU.|y|el|Sr.|Aznar"),
        ("I. M. Pei and I. He left Plan B.", "I.|M.|Pei|and|I|.|He|left|Plan|B|."),
        ("No. 5 of Dec. 3, pp. 12-13. No. In Dec. it", "No.|5|of|Dec.|3|,|pp.|12-13|.|No|.|In|Dec|.|it"),
        ("and so on, etc... the end.Then", "and|so|on|,|etc|...|the|end|.|Then"),
        ("ACME INC. of ST. LOUIS, NO. 5. CO. X", "ACME|INC.|of|ST.|LOUIS|,|NO.|5|.|CO.|X"),
        ("Corp.'s, U.S.'s, Inc.’s, Yahoo!'s", "Corp.|'s|,|U.S.|'s|,|Inc.|’s|,|Yahoo|!|'s"),
        # elision, as in Universal Dependencies of French, Italian and Catalan
        ("L'homme d'État n’a qu'une idée", "L'|homme|d'|État|n’|a|qu'|une|idée"),
        ("S'il n'y a jusqu'ici, c'est l'été", "S'|il|n'|y|a|jusqu'|ici|,|c'|est|l'|été"),
        ("aujourd'hui quelqu'un presqu'île", "aujourd'hui|quelqu'un|presqu'île"),
        ("C'è dell'acqua, un'altra all'inizio", "C'|è|dell'|acqua|,|un'|altra|all'|inizio"),
        ("L'Hospitalet d'Urgell (l'illa)", "L'|Hospitalet|d'|Urgell|(|l'|illa|)"),
        # no elision
        ("D'Angelo O'Brien D’Arcy Qur'an rock'n'roll", "D'Angelo|O'Brien|D’Arcy|Qur'an|rock'n'roll"),
        ("y'all ma'am c'mon hawai'i Ba'ath m'lady", "y'all|ma'am|c'mon|hawai'i|Ba'ath|m'lady"),
        ("the l's, I'd've l' a", "the|l|'s|,|I|'d|'ve|l|'|a"),
        # numbers, currency and percent signs
        ("$1,234.50 or 3.5% of €99, US$5", "$|1,234.50|or|3.5|%|of|€|99|,|US|$|5"),
        ("21/11/2026 24/7 5,000, 1990-95 and/or", "21/11/2026|24/7|5,000|,|1990-95|and|/|or"),
        # inner hyphens, ampersands and dots
        ("well-known AT&T -- a-b - snake_case", "well-known|AT&T|--|a-b|-|snake_case"),
        ("Node.js at example.com. Yahoo!", "Node.js|at|example.com|.|Yahoo|!"),
        # addresses
        (
            "(see https://en.wikipedia.org/wiki/Foo_(bar)), or http://a.b/c?d=e&f.",
            "(|see|https://en.wikipedia.org/wiki/Foo_(bar)|)|,|or|http://a.b/c?d=e&f|.",
        ),
        ("www.example.org, t.co/Ab1! <mailto>", "www.example.org|,|t.co/Ab1|!|<|mailto|>"),
        ("Mail to a.b+c@d-e.co.uk, please", "Mail|to|a.b+c@d-e.co.uk|,|please"),
        # repeated marks
        ("What?! Nooo!!! ((a)) ... …… ***", "What|?|!|Nooo|!!!|(|(|a|)|)|...|……|***"),
        # other scripts
        ("東京タワーは333メートル。", "東|京|タ|ワ|ー|は|333|メ|ー|ト|ル|。"),
        ("हिन्दी में लिखा। می‌خواهم שלום", "हिन्दी|में|लिखा|।|می‌خواهم|שלום"),
        ("nai\u0308ve co\xadop 한국어", "nai\u0308ve|co\xadop|한국어"),
        ("👩‍👩‍👧👍🏽🇩🇪🇫🇷1️⃣❤️", "👩‍👩‍👧|👍🏽|🇩🇪|🇫🇷|1️⃣|❤️"),
        ("a\x00b \ud800", "a|\x00|b|\ud800"),
        ("", ""),
        (" \n\t", ""),
    ],
)
def test_words(text: str, tokens: str) -> None:
    assert cut(text) == tokens.split("|") if tokens else cut(text) == []


def treebank(path: Path) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield the texts of a CoNLL-U file and the offsets of their words. Texts that differ are skipped."""
    for block in path.read_text("utf-8").strip().split("\n\n"):
        lines = block.split("\n")
        text = next(line for line in lines if line.startswith("# text = ")).removeprefix("# text = ")
        rows = [line.split("\t") for line in lines if not line.startswith("#")]
        spans, place = [], 0
        for number, form, *_ in rows:
            start = text.find(form, place)
            if number.isdecimal() and 0 <= start <= place + 2:
                place = start + len(form)
                spans.append((start, place))
        yield text, spans


@pytest.mark.skipif("SEQNLP_DATA" not in os.environ, reason="needs ud_english_ewt in SEQNLP_DATA")
def test_english_web_treebank() -> None:
    """Most differences are inner hyphens, where the treebank splits words and we do not."""
    path = Path(os.environ["SEQNLP_DATA"]) / "ud_english_ewt" / "en_ewt-ud-dev.conllu"
    correct = ours = theirs = 0
    for text, spans in treebank(path):
        found = {(token.start, token.end) for token in get_tokenizer("words").tokenize(text)}
        correct += len(found & set(spans))
        ours += len(found)
        theirs += len(spans)
    assert theirs > 25_000
    assert 2 * correct / (ours + theirs) > 0.98
