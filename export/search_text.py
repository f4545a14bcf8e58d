"""The search of `seqnlp.export.search` as ONNX text, in sections.

Names that end in `dim` are vectors of one element for shapes.
"""

GRAPH = """
search (int64 beam_size, int64 n_best, int64 min_length, int64 max_length, float length_penalty,
    int64 no_repeat_ngram_size, int32[prefixes, prefix_length] prefix, float temperature, int64 top_k,
    float top_p, int64[seeds] seed$options
) => (int32[batch, n_best, time] hypotheses, float[batch, n_best] scores$results)
<
    int64 zero = {0}, int64 one = {1}, int64 twenty = {20}, int64 end = {$end}, int32 start = {$end},
    int64[1] dim_0 = {0}, int64[1] dim_1 = {1}, int64[1] dim_2 = {2}, int64[1] dim_3 = {3},
    int64[1] dim_any = {-1}, int64[2] first_two = {0, 1}, int64[2] last_two = {1, 2},
    int64[2] outer_two = {0, 2}, int64[3] no_numbers_shape = {0, 0, 0}, bool yes = {1},
    float never = {-1e9}, float impossible = {-3e9}, float nothing = {0}, float whole = {1},
    float little = {1e-9}, float five = {5}, float six = {6}
>
{
    state_shape = Shape ($state)
    batch_dim = Slice (state_shape, $rows, $rows_end)
    batch = Squeeze (batch_dim)
    beam_dim = Unsqueeze (beam_size, dim_0)
    samples = Greater (temperature, nothing)
    first_beams = Where (samples, beam_dim, dim_1)
    first_shape = Concat <axis = 0> (first_beams, batch_dim)
    everyone = Range (zero, batch, one)
    first_grid = Expand (everyone, first_shape)
    first_rows = Reshape (first_grid, dim_any)
    first_rows_shape = Shape (first_rows)
    first_ids = $first_ids
    no_score = Expand (nothing, first_shape)
    none_finished = Cast <to = 9> (no_score)
    no_history_shape = Concat <axis = 0> (first_shape, dim_0)
    no_history = ConstantOfShape <value = int32[1] {0}> (no_history_shape)
    final_shape = Concat <axis = 0> (beam_dim, batch_dim)
    no_final = Expand (impossible, final_shape)
    $begin
    most = ReduceMax <keepdims = 0> (limits)
    numbers = If <then_branch = draw () => (float[steps, beams, batch] drawn_numbers) {
        seeds = Expand (seed, batch_dim)
        seed_word = Unsqueeze (seeds, first_two)
        steps = Range ($first_step, $step_after, one)
        step_word = Unsqueeze (steps, last_two)
        $beam_word
        $hash
        drawn_numbers = Identity (uniform_grid)
    }, else_branch = draw_nothing () => (float[no_steps, no_beams, no_batch] no_numbers) {
        no_numbers = ConstantOfShape (no_numbers_shape)
    }> (samples)
    trips = $trips
    $last, $by_step = Loop <body = body (int64 step, bool going, $carried
    ) => (bool goes_on, $next, $recorded) {
$body
    }> (trips, yes, $first)
$trace
}
"""

NUMBER_BEAMS = """
        beams_drawn = Range (zero, beam_size, one)
        beam_word = Unsqueeze (beams_drawn, outer_two)"""

SIZES = """
    shape = Shape (score)
    beams = Gather <axis = 0> (shape, zero)
    sentences = Gather <axis = 0> (shape, one)
    beams_dim = Unsqueeze (beams, dim_0)
    sentences_dim = Unsqueeze (sentences, dim_0)
    by_beam = Concat <axis = 0> (beams_dim, sentences_dim, dim_any)
    by_sentence = Concat <axis = 0> (sentences_dim, dim_any)
    column = Concat <axis = 0> (dim_any, dim_1)
    length = Add (step, one)
"""

# The best tokens of each row, [rows, choices]. No row needs more choices than there are beams, plus one if an
# extension ranks the end token differently. Operators on the vocabulary are slow, so rules only run in
# steps to which one applies.
CHOOSE = """
    log_probs = LogSoftmax <axis = 1> (logits)
    logits_shape = Shape (logits)
    vocabulary_dim = Slice (logits_shape, dim_1, dim_2)
    beam_and_end = Add (beam_dim, dim_1)
    choices_dim = Min (beam_and_end, vocabulary_dim)
    choices = Squeeze (choices_dim)
    slots = Range (zero, choices, one)
    in_first_slot = Equal (slots, zero)
    too_short = Less (length, min_length)
    starts = Equal (step, zero)
    long_enough = GreaterOrEqual (step, no_repeat_ngram_size)
    blocks_ngrams = Greater (no_repeat_ngram_size, zero)
    may_repeat = And (long_enough, blocks_ngrams)
    starts_or_short = Or (starts, too_short)
    ruled = Or (starts_or_short, may_repeat)
    restricted = Or (ruled, samples)
    free_values, free_ids = If <then_branch = restrict () => (
        float[rows, choices] restricted_values, int64[rows, choices] restricted_ids
    ) {$penalise
        allowed = If <then_branch = block () => (float[rows, vocabulary] blocked) {$block_ngrams
        }, else_branch = allow () => (float[rows, vocabulary] unblocked) {
            unblocked = Identity (penalised)
        }> (may_repeat)
        restricted_values, restricted_ids = If <then_branch = sample () => (
            float[rows, choices] sampled_values, int64[rows, choices] sampled_ids
        ) {$sample
        }, else_branch = search () => (
            float[rows, choices] allowed_values, int64[rows, choices] allowed_ids
        ) {
            allowed_values, allowed_ids = TopK <axis = 1> (allowed, choices_dim)
        }> (samples)
    }, else_branch = continue () => (
        float[rows, choices] best_values, int64[rows, choices] best_row_ids
    ) {
        best_values, best_row_ids = TopK <axis = 1> (log_probs, choices_dim)
    }> (restricted)
"""

SAMPLE = """
            vocabulary = Squeeze (vocabulary_dim)
            $limits
            scaled = Div (allowed, temperature)
            step_numbers = Gather <axis = 0> (numbers, step)
            active_numbers = Gather <axis = 1> (step_numbers, active)
            uniform = Reshape (active_numbers, column)
            $draw
            drawn_value = GatherElements <axis = 1> (allowed, drawn)
            sampled_values = Where (in_first_slot, drawn_value, never)
            sampled_shape = Shape (sampled_values)
            long_drawn = Cast <to = 7> (drawn)
            sampled_ids = Expand (long_drawn, sampled_shape)"""

PENALISE = """
        end_penalty = Where (too_short, never, nothing)
        end_penalties = Mul (end_penalty, at_end)
        penalties_here = Where (starts, start_penalties, nothing)
        penalties = Add (end_penalties, penalties_here)
        penalised = Add (log_probs, penalties)"""

# A token gets one penalty for each earlier n-gram of the last n - 1 tokens and this token.
BLOCK_NGRAMS = """
            context_size = Sub (no_repeat_ngram_size, one)
            last_start = Sub (step, context_size)
            ngram_starts = Range (zero, last_start, one)
            offsets = Range (zero, context_size, one)
            starts_column = Unsqueeze (ngram_starts, dim_1)
            context_places = Add (starts_column, offsets)
            contexts = Gather <axis = 2> (history, context_places)
            last_places = Range (last_start, step, one)
            last_tokens = Gather <axis = 2> (history, last_places)
            last_context = Unsqueeze (last_tokens, dim_2)
            token_equal = Equal (contexts, last_context)
            token_matches = Cast <to = 7> (token_equal)
            match_count = ReduceSum <keepdims = 0> (token_matches, dim_3)
            is_repeat = Equal (match_count, context_size)
            repeat_penalty = Where (is_repeat, never, nothing)
            completing_places = Range (context_size, step, one)
            completing = Gather <axis = 2> (history, completing_places)
            windows_dim = Shape (ngram_starts)
            by_row = Concat <axis = 0> (dim_any, windows_dim)
            last_rows = Reshape (completing, by_row)
            row_penalties = Reshape (repeat_penalty, by_row)
            last_ids = Cast <to = 7> (last_rows)
            blocked = ScatterElements <axis = 1, reduction = "add"> (penalised, last_ids, row_penalties)"""

FORCE = """
    prefix_shape = Shape (prefix)
    prefix_length = Gather <axis = 0> (prefix_shape, one)
    in_prefix = Less (step, prefix_length)
    values, token_ids = If <then_branch = force () => (
        float[rows, choices] forced_values, int64[rows, choices] forced_ids
    ) {
        given_column = Gather <axis = 1> (prefix, step)
        given_to_all = Expand (given_column, batch_dim)
        given_to_active = Gather <axis = 0> (given_to_all, active)
        given_shape = Concat <axis = 0> (beams_dim, sentences_dim)
        given_to_beams = Expand (given_to_active, given_shape)
        given_rows = Reshape (given_to_beams, column)
        given_ids = Cast <to = 7> (given_rows)
        is_given = Greater (given_ids, zero)
        given_value = GatherElements <axis = 1> (log_probs, given_ids)
        given_values = Where (in_first_slot, given_value, never)
        forced_values = Where (is_given, given_values, free_values)
        forced_ids = Where (is_given, given_ids, free_ids)
    }, else_branch = choose () => (
        float[rows, choices] chosen_values, int64[rows, choices] chosen_ids
    ) {
        chosen_values = Identity (free_values)
        chosen_ids = Identity (free_ids)
    }> (in_prefix)
"""

RANK = """
    total_column = Reshape (total, column)
    totals_after = Add (total_column, values)
    float_length = Cast <to = 1> (length)
    length_and_five = Add (float_length, five)
    length_ratio = Div (length_and_five, six)
    norm = Pow (length_ratio, length_penalty)
    normalised = Div (totals_after, norm)
    ends = Equal (token_ids, end)
    $rank
    finished_column = Reshape (finished, column)
    score_column = Reshape (score, column)
    frozen = Where (in_first_slot, score_column, impossible)
    row_scores = Where (finished_column, frozen, scores_after)
    row_totals = Where (finished_column, total_column, totals_after)
    row_ids = Where (finished_column, zero, token_ids)
"""

FLATTEN = """
    ${name}_by_beam = Reshape (row_${name}, by_beam)
    ${name}_by_sentence = Transpose <perm = [1, 0, 2]> (${name}_by_beam)
    flat_${name} = Reshape (${name}_by_sentence, by_sentence)"""

SELECT = """
    candidates_dim = Mul (beams_dim, choices_dim)
    kept_dim = Min (beam_dim, candidates_dim)
    best_scores, best_places = TopK <axis = 1> (flat_scores, kept_dim)
    best_totals = GatherElements <axis = 1> (flat_totals, best_places)
    best_ids = GatherElements <axis = 1> (flat_ids, best_places)
    best_parents = Div (best_places, choices_dim)
    finished_by_sentence = Transpose <perm = [1, 0]> (finished)
    had_finished = GatherElements <axis = 1> (finished_by_sentence, best_parents)
    $ended
    best_finished = Or (had_finished, just_ended)
    kept_scores = Transpose <perm = [1, 0]> (best_scores)
    kept_totals = Transpose <perm = [1, 0]> (best_totals)
    kept_ids = Transpose <perm = [1, 0]> (best_ids)
    parents = Transpose <perm = [1, 0]> (best_parents)
    kept_finished = Transpose <perm = [1, 0]> (best_finished)
    sentence_numbers = Range (zero, sentences, one)
    parent_starts = Mul (parents, sentences)
    parent_rows = Add (parent_starts, sentence_numbers)
"""

# The values that a step records have a column per sentence. If it is done, each beam is its own parent.
RECORD = """
    missing_beams = Sub (beam_dim, kept_dim)
    padding = Concat <axis = 0> (dim_0, dim_0, missing_beams, dim_0)
    kept_count = Squeeze (kept_dim)
    own_beams = Range (zero, kept_count, one)
    own_column = Unsqueeze (own_beams, dim_1)
    zero_column = Mul (own_column, zero)
    zero_score = Cast <to = 1> (zero_column)
    active_parents = Concat <axis = 1> (parents, own_column)
    all_parents = Gather <axis = 1> (active_parents, position)
    parents_out = Pad (all_parents, padding)
    active_ids = Concat <axis = 1> (kept_ids, zero_column)
    all_ids = Gather <axis = 1> (active_ids, position)
    ids_out = Pad (all_ids, padding)
    active_scores = Concat <axis = 1> (kept_scores, zero_score)
    all_scores = Gather <axis = 1> (active_scores, position)
    final_now = Pad (all_scores, padding, impossible)
    is_done = Equal (position, sentences)
    next_final = Where (is_done, final, final_now)
"""

FIND_LEFT = """
    active_limits = Gather <axis = 0> (limits, active)
    at_limit = GreaterOrEqual (length, active_limits)
    finished_number = Cast <to = 7> (kept_finished)
    all_number = ReduceMin <axes = [0], keepdims = 0> (finished_number)
    all_finished = Cast <to = 9> (all_number)
    done = Or (all_finished, at_limit)
    not_done = Not (done)
    left_column = NonZero (not_done)
    left = Reshape (left_column, dim_any)
    left_dim = Shape (left)
    left_count = Squeeze (left_dim)
    goes_on = Greater (left_count, zero)
    rows_grid = Gather <axis = 1> (parent_rows, left)
    rows_left = Reshape (rows_grid, dim_any)
"""

MOVE = """
    ids_grid = Gather <axis = 1> (kept_ids, left)
    ids_left = Reshape (ids_grid, dim_any)
    next_ids = Cast <to = 6> (ids_left)
    next_score = Gather <axis = 1> (kept_scores, left)
    next_total = Gather <axis = 1> (kept_totals, left)
    next_finished = Gather <axis = 1> (kept_finished, left)
    written_dim = Unsqueeze (step, dim_0)
    rows_dim = Mul (beams_dim, sentences_dim)
    history_shape = Concat <axis = 0> (rows_dim, written_dim)
    history_rows = Reshape <allowzero = 1> (history, history_shape)
    history_left = Gather <axis = 0> (history_rows, rows_grid)
    new_ids = Cast <to = 6> (ids_grid)
    new_history = Unsqueeze (new_ids, dim_2)
    next_history = Concat <axis = 2> (history_left, new_history)
    next_active = Gather <axis = 0> (active, left)
    after_last = Expand (left_count, batch_dim)
    left_numbers = Range (zero, left_count, one)
    next_position = ScatterElements <axis = 0> (after_last, next_active, left_numbers)
"""

# Trace the hypotheses with the highest final scores back, from the last token to the first.
TRACE = """
    n_best_dim = Unsqueeze (n_best, dim_0)
    wanted_dim = Min (n_best_dim, beam_dim)
    final_scores, final_beams = TopK <axis = 0> (last_final, wanted_dim)
    root, ids_traced, beams_traced = Scan <num_scan_inputs = 2, scan_input_directions = [1, 1],
        scan_output_directions = [1, 1], body = trace (
        int64[wanted, batch] beam, int64[kept, batch] step_ids, int64[kept, batch] step_parents
    ) => (int64[wanted, batch] beam_before, int64[wanted, batch] id_here, int64[wanted, batch] beam_here) {
        id_here = GatherElements <axis = 0> (step_ids, beam)
        beam_here = Identity (beam)
        beam_before = GatherElements <axis = 0> (step_parents, beam)
    }> (final_beams, ids_by_step, parents_by_step)
    ids_by_sentence = Transpose <perm = [2, 1, 0]> (ids_traced)
    hypotheses = Cast <to = 6> (ids_by_sentence)
    scores = Transpose <perm = [1, 0]> (final_scores)
"""
