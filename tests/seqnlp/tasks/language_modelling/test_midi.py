"""MIDI files of tunes."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from seqnlp.errors import ConfigError, DataError
from seqnlp.serving.items import Item
from seqnlp.tasks.language_modelling.midi import make_folder, tune_to_midi, write_midi
from seqnlp.tasks.language_modelling.predict_options import LanguageModelPredictOptions
from seqnlp.tasks.language_modelling.prediction import Continuation, Generated

D, E, F_SHARP, G, A = 62, 64, 66, 67, 69


def notes(midi: bytes) -> list[tuple[int, float]]:
    """Read the pitch and the length in quarters of each note."""
    converter = pytest.importorskip("music21.converter")
    score = converter.parseData(midi, format="midi")
    return [(each.pitch.midi, float(each.quarterLength)) for each in score.flatten().notes]


@pytest.mark.parametrize(
    ("tune", "expected"),
    [
        ("M:4/4\nK:D\nD2EF G4|", [(D, 1), (E, 0.5), (F_SHARP, 0.5), (G, 2)]),
        ("M:2/4\nK:C\nD2EF^F=F|", [(D, 0.5), (E, 0.25), (65, 0.25), (F_SHARP, 0.25), (65, 0.25)]),
        ("X:3\nT:Slow\nL:1/4\nM:4/4\nK:D\nD2EF|", [(D, 2), (E, 1), (F_SHARP, 1)]),
        ("M:2/4\nK:D\n|:D8|E8:|\n|:A8|G8:|", [(D, 2), (E, 2)] * 2 + [(A, 2), (G, 2)] * 2),
        ('K:D\n"Am"A>G', [(A, 0.75), (G, 0.25)]),
        ("M:2/4\nK:D\nD8:|[1 E8:|", [(D, 2), (E, 2)]),
    ],
)
def test_a_tune_is_played(tune: str, expected: list[tuple[int, float]]) -> None:
    pytest.importorskip("music21")
    midi = tune_to_midi(tune)
    assert midi.startswith(b"MThd")
    assert notes(midi) == expected


def test_repeats_that_cannot_be_followed_are_played_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = pytest.importorskip("music21.stream")

    def refuse(score: object, copySpanners: bool = True) -> None:  # noqa: N803
        raise stream.StreamException("badly formed repeats")

    monkeypatch.setattr(stream.Stream, "expandRepeats", refuse)
    midi = tune_to_midi("M:2/4\nK:D\nA2|D8|E6A2:|\n|:G8|A6:|")
    assert notes(midi) == [(A, 0.5), (D, 2), (E, 1.5), (A, 0.5), (G, 2), (A, 1.5)]


@pytest.mark.parametrize("text", ["", "hello", "K:D\nz4|", "M:0/8\nK:D\nABc", 'M:4/4\nK:D\n[ab|"', "K:D\n|"])
def test_other_text_is_one_line(text: str, tmp_path: Path) -> None:
    pytest.importorskip("music21")
    with pytest.raises(DataError, match="no tune in ABC notation") as caught:
        write_midi(text, tmp_path / "tune.mid")
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@hypothesis_settings(max_examples=15, deadline=None)
@given(music=st.text('ABcd23/|:[]"(>-^_ \n', max_size=20))
def test_any_music_is_written_or_refused(music: str) -> None:
    pytest.importorskip("music21")
    with suppress(DataError):
        assert tune_to_midi(f"M:2/4\nK:D\n{music}").startswith(b"MThd")


FOUND = Continuation("M:2/4\nK:D\n", (Generated("D4|", -1.0, True), Generated("A4|", -2.0, True)))


def test_predictions_are_written_as_midi_too(tmp_path: Path) -> None:
    pytest.importorskip("music21")
    options = LanguageModelPredictOptions(midi=str(tmp_path / "new/tunes"))
    plain = LanguageModelPredictOptions().writers()
    for name, write in options.writers().items():
        item = Item(FOUND.prompt, 1, {"id": 3}, line=7)
        assert write(item, FOUND) == plain[name](item, FOUND)
        single = Continuation(FOUND.prompt, FOUND.continuations[1:])
        write(Item(FOUND.prompt, 1, line=9), single)
    folder = tmp_path / "new/tunes"
    assert sorted(path.name for path in folder.iterdir()) == ["7-1.mid", "7-2.mid", "9.mid"]
    assert notes((folder / "7-2.mid").read_bytes()) == notes((folder / "9.mid").read_bytes()) == [(A, 1)]


def test_a_folder_that_cannot_be_created_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="file: File exists"):
        make_folder(tmp_path / "file")
    pytest.importorskip("music21")
    with pytest.raises(DataError, match="No such file"):
        write_midi("K:D\nD", tmp_path / "missing/tune.mid")


def test_midi_needs_music21_and_generated_tunes(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="--score and --midi exclude each other"):
        LanguageModelPredictOptions(midi="tunes", score=True).check(None)
    monkeypatch.setattr("seqnlp.tasks.language_modelling.midi.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match=r"need music21; install seqnlp with its extra: .*\[music\]"):
        LanguageModelPredictOptions(midi="tunes").check(None)
