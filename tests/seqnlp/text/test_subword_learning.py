import os
import subprocess
import sys

import pytest

from seqnlp.errors import ConfigError, DataError
from seqnlp.text.subword_learning import learn_subwords

TEXTS = ["the lower house lowers the lowest rate", "a newer, lower rate: the newest!", "Straße É"] * 30


@pytest.mark.parametrize("size", [20, 40, 60, 200])
def test_size_is_kept(size: int) -> None:
    subwords = learn_subwords(TEXTS, size, lower_case=True)
    assert len(subwords.vocabulary) <= size
    assert subwords.vocabulary.entries[:2] == ("[PAD]", "[UNK]")


def test_pieces_cover_what_they_were_learnt_from() -> None:
    subwords = learn_subwords(TEXTS, 60, lower_case=True)
    unknown = subwords.vocabulary["[UNK]"]
    assert all(unknown not in subwords.encode(text).ids for text in TEXTS)
    assert "the" in subwords.vocabulary
    assert learn_subwords(reversed(TEXTS), 60, lower_case=True).spec() == subwords.spec()


def test_case_is_kept_where_asked() -> None:
    assert "É" in learn_subwords(TEXTS, 200, lower_case=False).vocabulary
    assert "É" not in learn_subwords(TEXTS, 200, lower_case=True).vocabulary


def test_nothing_to_learn_from() -> None:
    with pytest.raises(DataError, match="no words"):
        learn_subwords([" ", "\u200b"], 100, lower_case=True)
    with pytest.raises(ConfigError, match="vocabulary of 3 has no room"):
        learn_subwords(TEXTS, 3, lower_case=True)


def test_learning_prints_nothing_to_stderr() -> None:
    code = (
        "from seqnlp.text.subword_learning import learn_spaced\n"
        "learn_spaced(['the lower house lowers the lowest rate'] * 30, 60)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=without_log_level()
    )
    assert ran.stderr == ""


def without_log_level() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
