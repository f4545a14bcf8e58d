"""The tokenizer `tweets`: words, and whole hashtags, mentions, emoticons and HTML character references."""

from functools import cache

from seqnlp.text.tokenizers.graphemes import MARKS
from seqnlp.text.tokenizers.pattern import PatternTokenizer
from seqnlp.text.tokenizers.words import word_pattern

_EYES = r"[:;=]"
_NOSE = r"[-o^'’]?"

_EMOTICONS = (
    rf"(?<!\d)>?{_EYES}{_NOSE}[)(\]\[}}{{*|/\\]++(?!\w)",  # :-) ;) >:(
    rf"(?<!\w)(?:>?{_EYES}{_NOSE}[DdPpOoSsXx3])(?!\w)",  # :P =D
    rf"(?<!\w)[)(\]\[*|/\\D][-o^']?{_EYES}(?![\w:;=/])",  # (-: D:
    r"</?3++(?!\d)",  # <3 </3
    r"(?<!\w)(?:[\^~>-](?:_++|\.)[\^~<-]|[oOuU]\.[oOuU])(?!\w)",  # ^_^ -_- o.O
    r"¯\\_\(ツ\)_/¯",
)


@cache
def make() -> PatternTokenizer:
    """Return the tokenizer `tweets`."""
    return PatternTokenizer(
        "tweets",
        word_pattern(
            rf"[#＃](?=\w)[\w{MARKS}\u200c\u200d]++",
            r"(?<![\w@＠])[@＠]\w++",
            r"&(?:[a-z]{2,6}|#\d{1,6});",
            *_EMOTICONS,
        ),
    )
