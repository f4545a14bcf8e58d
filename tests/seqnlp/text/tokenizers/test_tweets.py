import pytest

from seqnlp.text.tokenizers import get_tokenizer


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("RT @user_1: #NLProc rocks", "RT|@user_1|:|#NLProc|rocks"),
        ("#हिन्दी #C# mail a@b.org", "#हिन्दी|#C|#|mail|a@b.org"),
        ("Yes :-) ;) =D :P xD :'( >:( ok:)", "Yes|:-)|;)|=D|:P|xD|:'(|>:(|ok|:)"),
        ("(: D: <3 </3 ^_^ -_- T_T o.O ¯\\_(ツ)_/¯", "(:|D:|<3|</3|^_^|-_-|T_T|o.O|¯\\_(ツ)_/¯"),
        ("at 10:30, see (8) and (x): a==b, <34", "at|10:30|,|see|(|8|)|and|(|x|)|:|a|==|b|,|<|34"),
        ("Q&amp;A &lt;b&gt; http://t.co/x:)", "Q|&amp;|A|&lt;|b|&gt;|http://t.co/x|:)"),
        ("don't 👩‍👩‍👧👍🏽!!!", "do|n't|👩‍👩‍👧|👍🏽|!!!"),
    ],
)
def test_tweets(text: str, tokens: str) -> None:
    assert [token.text for token in get_tokenizer("tweets").tokenize(text)] == tokens.split("|")
