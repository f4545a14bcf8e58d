"""A classification network to one model.onnx: words in, logits and probabilities of the labels out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from seqnlp.classification.codec import ClassificationCodec
from seqnlp.export.conversion import converted
from seqnlp.export.model_file import INPUTS, ParityError, batches_of, serving, write_model

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from seqnlp.classification.network import ClassificationNetwork

TOLERANCE = 1e-5
"""How far a probability of the exported model may be from the network's."""


def export_classifier(
    network: "ClassificationNetwork",
    codec: ClassificationCodec,
    path: Path,
    metadata: Mapping[str, Any],
    check: Sequence[Sequence[str]],
) -> None:
    """Write a network with its codec as one file.

    Args:
        network: The trained network.
        codec: Its codec.
        path: The file to write.
        metadata: JSON values for the file's metadata: `spec` without the codec, `provenance`, and others.
        check: Texts, cut into words, on which the file must agree with the network before it is written.

    Raises:
        ParityError: It does not; the message says how far it is off.
    """
    served, states = serving(network.encoder, codec)
    if codec.threshold is not None:
        served = replace(served, threshold=float(network.threshold))

    def scores(inputs: Any) -> Any:
        logits = network.logits(states(inputs), inputs["lengths"])
        return {"logits": logits, "probabilities": network.probabilities(logits)}

    axes = ("batch", "labels")
    model = converted(scores, INPUTS, {"logits": axes, "probabilities": axes})
    write_model(
        model,
        "classifier",
        served,
        metadata,
        path,
        lambda session: check_parity(session, network, codec, served, check),
    )


def check_parity(
    session: "InferenceSession",
    network: "ClassificationNetwork",
    codec: ClassificationCodec,
    served: ClassificationCodec,
    texts: Sequence[Sequence[str]],
) -> None:
    """Hold a file to the network that it was made from.

    Args:
        session: Runs the file.
        network: The network.
        codec: The codec that the network was trained with.
        served: The codec of the file.
        texts: What both are to classify.

    Raises:
        ParityError: A probability is further off than `TOLERANCE`, or a label differs.
    """
    ours, theirs = codec.encode(texts), served.encode(texts)
    worst = 0.0
    different = rows = 0
    for batch in batches_of(ours):
        full = slice(0, len(batch.rows))
        expected = np.asarray(network.probabilities(network.predict_on_batch(ours.batch(batch))))[full]
        (found,) = session.run(["probabilities"], theirs.batch(batch))
        worst = max(worst, float(np.abs(found[full] - expected).max(initial=0)))
        chosen = [served.choice.chosen(each) for each in (found[full], expected)]
        different += int((chosen[0] != chosen[1]).any(axis=-1).sum())
        rows += len(batch.rows)
    if different or worst > TOLERANCE:
        raise ParityError(
            f"the model was not written: of {rows:,} texts {different:,} get another label than by the "
            f"network, and a probability differs by {worst:.1e} where {TOLERANCE:.0e} is allowed"
        )
