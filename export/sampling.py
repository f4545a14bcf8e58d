"""Sample the next token in the loop of a search, as ONNX text.

A sample is drawn by inverting the cumulative distribution of the sorted tokens, with one uniform random
number per row. Tokens outside `top_k` and `top_p` and tokens with zero probability are never drawn.

ONNX's own random operators take their seed as an attribute, and their numbers change with each run of a
session. Here, each number is a hash of the seed of the sentence, the step and the beam. The hash adds one of
these words to its state every few rounds. A round is x -> (x + constant)^5 in the field of integers modulo
the prime 2^31 - 1: the round function of the block cipher MiMC (Albrecht et al. 2016), a permutation, since 5
does not divide 2^31 - 2. All products fit into int64, so that every runtime computes the same numbers. They
are not meant for cryptography.
"""

import numpy as np

_ROUNDS = 4
"""Rounds after each word of the hash."""

_PRIMES = np.array([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37])

ROUND_CONSTANTS = (np.sqrt(_PRIMES) % 1 * 2**31).astype(np.int64)[:, None, None]
"""A constant for each round, [3 * rounds, 1, 1]."""

# `uniform` float [rows, 1], multiples of 2^-23 below 1.
_HASH = f"""
            rounds_size = Constant <value_ints = [{len(_PRIMES)}]> ()
            words_padding = Constant <value_ints = [0, 0, 0, 0, 0, {_ROUNDS - 1}, 0, 0]> ()
            modulus = Constant <value_int = {2**31 - 1}> ()
            precision = Constant <value_int = 256> ()
            unit = Constant <value_float = {2.0**-23!r}> ()
            beam_numbers = Range (zero, beams, one)
            beam_column = Unsqueeze (beam_numbers, dim_1)
            active_seeds = Gather <axis = 0> (seeds, active)
            grid_shape = Concat <axis = 0> (dim_1, beams_dim, sentences_dim)
            beam_word = Expand (beam_column, grid_shape)
            seed_word = Expand (active_seeds, grid_shape)
            step_word = Expand (step, grid_shape)
            word_list = Concat <axis = 0> (seed_word, step_word, beam_word)
            word_column = Unsqueeze (word_list, dim_1)
            words_and_zeros = Pad (word_column, words_padding)
            rounds_shape = Concat <axis = 0> (rounds_size, beams_dim, sentences_dim)
            round_words = Reshape (words_and_zeros, rounds_shape)
            round_rests = Mod (round_words, modulus)
            round_inputs = Add (round_rests, round_constants)
            no_hash = Mul (active_seeds, zero)
            first_hash = Expand (no_hash, shape)
            hash = Scan <num_scan_inputs = 1, body = round (
                int64[beams, active] x, int64[beams, active] addend
            ) => (int64[beams, active] x_after) {{
                x_and_addend = Add (x, addend)
                base = Mod (x_and_addend, modulus)
                second_product = Mul (base, base)
                second_power = Mod (second_product, modulus)
                fourth_product = Mul (second_power, second_power)
                fourth_power = Mod (fourth_product, modulus)
                fifth_product = Mul (fourth_power, base)
                x_after = Mod (fifth_product, modulus)
            }}> (first_hash, round_inputs)
            high_bits = Div (hash, precision)
            high_float = Cast <to = 1> (high_bits)
            uniform_grid = Mul (high_float, unit)
            uniform = Reshape (uniform_grid, column)
"""

# The first token whose cumulative probability exceeds the threshold. There is one: the product of a float and
# a number that is at most 1 - 2^-23 is less than that float.
_DRAW = """            scaled = Div (allowed, temperature)
            vocabulary = Squeeze (vocabulary_dim)
            limited = Greater (top_k, zero)
            at_most = Min (top_k, vocabulary)
            top_count = Where (limited, at_most, vocabulary)
            top_dim = Unsqueeze (top_count, dim_0)
            top_scores, top_ids = TopK <axis = 1> (scaled, top_dim)
            probs = Softmax <axis = 1> (top_scores)
            cumulative = CumSum (probs, one)
            probs_before = Sub (cumulative, probs)
            in_nucleus = Less (probs_before, top_p)
            nucleus = Where (in_nucleus, cumulative, nothing)
            mass = ReduceMax <axes = [1]> (nucleus)
            threshold = Mul (mass, uniform)
            is_passed = LessOrEqual (cumulative, threshold)
            passed_number = Cast <to = 7> (is_passed)
            place = ReduceSum (passed_number, dim_1)
            sampled_id = GatherElements <axis = 1> (top_ids, place)
            sampled_value = GatherElements <axis = 1> (allowed, sampled_id)
            sampled_values = Where (in_first_slot, sampled_value, never)
            sampled_shape = Shape (sampled_values)
            sampled_ids = Expand (sampled_id, sampled_shape)"""

SAMPLE = _HASH + _DRAW
"""Computes `sampled_values` and `sampled_ids` [rows, choices] from `allowed` [rows, vocabulary]."""
