"""Draw the next token at random in a loop, as ONNX text.

A token is drawn by inverting the cumulative distribution over the ids, with one uniform random number per
row. Tokens outside `top_k` and `top_p` and tokens with zero probability are never drawn.

ONNX's own random operators take their seed as an attribute, and their numbers change with each run of a
session. Here, each number is a hash of the seed of the sentence, the step and the beam. The hash adds one of
these words to its state every few rounds. A round is x -> (x + constant)^5 in the field of integers modulo
the prime 2^31 - 1: the round function of the block cipher MiMC (Albrecht et al. 2016), a permutation, since 5
does not divide 2^31 - 2. All products fit into int64, so that every runtime computes the same numbers. They
are not meant for cryptography.
"""

from string import Template

import numpy as np

ROUNDS = 4
"""Rounds after each word of the hash."""

_PRIMES = np.array([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37])

ROUND_CONSTANTS = (np.sqrt(_PRIMES) % 1 * 2**31).astype(np.int64)[:, None, None]
"""A constant for each round, [3 * rounds, 1, 1]."""

# A word is added to the state, and then come its rounds. Both may have any shapes that broadcast.
_WORD = Template("""
    rest_of_$word = Mod ($word, modulus)
    with_$word = Add ($state, rest_of_$word)
    constants_of_$word = Slice (round_constants, $first, $last)
    $hash = Scan <num_scan_inputs = 1, body = rounds_of_$word (
        int64[a, b, c] x, int64[one, one] addend
    ) => (int64[a, b, c] x_after) {
        x_and_addend = Add (x, addend)
        base = Mod (x_and_addend, modulus)
        second_product = Mul (base, base)
        second_power = Mod (second_product, modulus)
        fourth_product = Mul (second_power, second_power)
        fourth_power = Mod (fourth_product, modulus)
        fifth_product = Mul (fourth_power, base)
        x_after = Mod (fifth_product, modulus)
    }> (with_$word, constants_of_$word)
""")

# `hash_of_beam` int64 [steps, beams, sentences].
HASH = (
    f"""
    modulus = Constant <value_int = {2**31 - 1}> ()
    precision = Constant <value_int = 256> ()
    unit = Constant <value_float = {2.0**-23!r}> ()
    first_end = Constant <value_ints = [{ROUNDS}]> ()
    second_end = Constant <value_ints = [{2 * ROUNDS}]> ()
    third_end = Constant <value_ints = [{3 * ROUNDS}]> ()
"""
    + "".join(
        _WORD.substitute(word=f"{word}_word", hash=f"hash_of_{word}", state=state, first=first, last=last)
        for word, state, first, last in (
            ("seed", "zero", "dim_0", "first_end"),
            ("step", "hash_of_seed", "first_end", "second_end"),
            ("beam", "hash_of_step", "second_end", "third_end"),
        )
    )
    + """
    high_bits = Div (hash_of_beam, precision)
    high_float = Cast <to = 1> (high_bits)
    uniform_grid = Mul (high_float, unit)
"""
)
"""Computes `uniform_grid` float [steps, beams, sentences] from the words of the hash.

They are `seed_word` int64 [1, 1, sentences], `step_word` [steps, 1, 1] and `beam_word` [1, beams, sentences
or 1]. The numbers are multiples of 2^-23 below 1.
"""

DRAW = """
    kept_probs = If <then_branch = limit () => (float[rows, vocabulary] limited_probs) {
        top_scores, top_ids = TopK <axis = 1> (scaled, top_dim)
        top_probs = Softmax <axis = 1> (top_scores)
        top_sums = CumSum (top_probs, one)
        probs_before = Sub (top_sums, top_probs)
        in_nucleus = Less (probs_before, mass_limit)
        nucleus_scores = Where (in_nucleus, top_scores, infinite)
        lowest = ReduceMin <axes = [1]> (nucleus_scores)
        is_below = Less (scaled, lowest)
        limited_scores = Where (is_below, impossible, scaled)
        limited_probs = Softmax <axis = 1> (limited_scores)
    }, else_branch = keep () => (float[rows, vocabulary] all_probs) {
        all_probs = Softmax <axis = 1> (scaled)
    }> (is_limited)
    cumulative = CumSum (kept_probs, one)
    mass = Gather <axis = 1> (cumulative, dim_any)
    threshold = Mul (mass, uniform)
    is_passed = LessOrEqual (cumulative, threshold)
    passed_number = Cast <to = 6> (is_passed)
    drawn = ReduceSum (passed_number, dim_1)
"""
"""Computes `drawn` int32 [rows, 1], an id for each row.

It reads `scaled` float [rows, vocabulary], the logits divided by the temperature, and `uniform` [rows, 1].
The drawn token is the first one whose cumulative probability exceeds the threshold. There is one: the product
of a float and a number that is at most 1 - 2^-23 is less than that float.
"""

LIMITS = """
    limits_count = Greater (top_k, zero)
    at_most = Min (top_k, vocabulary)
    top_count = Where (limits_count, at_most, vocabulary)
    top_dim = Unsqueeze (top_count, dim_0)
    limits_mass = Less (top_p, whole)
    infinite = Constant <value_float = 3e38> ()
    mass_limit = Where (limits_mass, top_p, infinite)
    is_limited = Or (limits_count, limits_mass)
"""
"""Computes from `top_k` and `top_p`, for `DRAW`, which tokens may be drawn, with `vocabulary` int64."""
