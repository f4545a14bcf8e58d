"""Samples of prompts, drawn window by window: each window continues the states of the one before."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from seqnlp.tasks.language_modelling.generation import GenerationOptions
from seqnlp.tasks.language_modelling.stopping import Stopping
from seqnlp.types import Array, Arrays, Floats, Ids, Integers

Run = Callable[[Sequence[str], Arrays], Sequence[Array]]
"""Computes outputs of the graph, by name, from its inputs."""

WINDOW = 4096
"""Maximum number of tokens per call of the graph, which limits its memory."""
_ENOUGH = 8
"""Number of samples from which a call ends early, so that the incomplete samples continue alone."""


@dataclass(frozen=True)
class Window:
    """New tokens of all samples that were incomplete before.

    Attributes:
        prompts: The number of the prompt of each sample.
        samples: The number of each sample among those of its prompt.
        ids: int32 [samples, steps], the tokens, padded with 0.
        scores: The log probability of these tokens for each sample.
    """

    prompts: Integers
    samples: Integers
    ids: Ids
    scores: Floats


def sample_windows(
    run: Run,
    prompts: Arrays,
    options: GenerationOptions,
    stopping: Stopping,
    stop_states: Sequence[int],
    layers: int,
    size: int = WINDOW,
) -> Iterator[Window]:
    """Draw samples for a batch of prompts.

    Args:
        run: Computes outputs of the graph.
        prompts: The inputs `prompt` and `lengths`.
        options: The options of the generation.
        stopping: The end of a sample.
        stop_states: The state of `stopping` before the first token of each prompt.
        layers: The number of layers of the network.
        size: Maximum number of tokens of a window.

    Yields:
        The windows. If a quarter of many samples is complete, a window ends.
    """
    names = ["hypotheses", "scores", "sample_number", "stop_state_after"]
    names += [f"after_{number}" for number in range(layers)]
    given = {**options.inputs(), **stopping.inputs(stop_states), **prompts}
    owners = np.repeat(np.arange(len(prompts["lengths"])), options.n_best)
    done = 0
    while True:
        rows = len(owners)
        given["max_length"] = np.array(min(size, options.length - done), np.int64)
        given["first_step"] = np.array(done, np.int64)
        given["least_left"] = np.array(rows * 3 // 4 if rows >= _ENOUGH else 0, np.int32)
        ids, scores, numbers, stop_state, *states = run(names, given)
        ids, numbers = ids.reshape(rows, -1), numbers.ravel()
        yield Window(owners, numbers, ids, scores.ravel())
        done += ids.shape[1]
        left = np.flatnonzero(stop_state.ravel() < stopping.complete)
        if done >= options.length or not len(left):
            return
        owners = owners[left]
        one = np.array(1, np.int64)
        given |= {
            "prompt": ids[left, -1:],
            "lengths": np.ones(len(left), np.int32),
            "beam_size": one,
            "n_best": one,
            "first_sample": numbers[left],
            "stop_state": stop_state.ravel()[left],
        }
        given |= {
            f"start_{number}": np.ascontiguousarray(state.reshape(len(state), rows, -1)[:, left])
            for number, state in enumerate(states)
        }
