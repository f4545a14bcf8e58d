"""What a translation was made from, as JSON values and as a table of shades for a terminal."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seqnlp.tasks.translation.prediction import Translation

_SHADES = " ░▒▓█"


def with_attention(found: "Translation") -> dict[str, Any]:
    """The translation as JSON values, and of the best one `pieces`, `source_pieces` and `attention`.

    `attention` has a row for each piece, with a weight for each piece of the source; `alignment` says which
    of these is the greatest.
    """
    best = found.hypotheses[0]
    return {
        **found.to_dict(),
        "source_pieces": list(found.pieces),
        "pieces": list(best.pieces),
        "alignment": best.alignment,
        "attention": [[round(weight, 4) for weight in row] for row in best.attention.tolist()],
    }


def drawn(found: "Translation") -> str:
    """A line for each piece of the source, a column for each of the translation: darker counts more.

    Above them stand the pieces of the translation, from top to bottom.
    """
    best = found.hypotheses[0]
    names = [piece.strip() or piece for piece in best.pieces]
    height = max(map(len, names), default=0)
    margin = max(map(len, found.pieces), default=0) + 1
    above = [" " * margin + "  ".join(name.rjust(height)[line] for name in names) for line in range(height)]
    rows = [
        piece.strip().ljust(margin)
        + "  ".join(_SHADES[min(int(weight * len(_SHADES)), len(_SHADES) - 1)] for weight in weights)
        for piece, weights in zip(found.pieces, best.attention.T.tolist(), strict=True)
    ]
    return "\n".join(line.rstrip() for line in (*above, *rows)) + "\n"
