"""What is asked of each exercise of lesson 11, and its hints."""

import numpy as np
import torch
from torch import nn

from autograder import between, by_shape, exercise, inputs, inputs_after, integer_inputs, shapes_of

TORCHS_LSTMS = ["torch.nn.LSTM", "torch.nn.LSTMCell", "torch.lstm", "torch.lstm_cell"]
TORCHS_GRUS = ["torch.nn.GRU", "torch.nn.GRUCell", "torch.gru", "torch.gru_cell"]


def parameters_for(name, d, hidden, blocks=4):
    """Wx (d, blocks·hidden), Wh (hidden, blocks·hidden), b (blocks·hidden,)."""
    width = blocks * hidden
    return inputs(f"{name} Wx", (d, width), -1, 1), inputs(f"{name} Wh", (hidden, width), -1, 1), inputs(name, width)


def states_for(name, n, hidden):
    """h and c (n, hidden), neither of them 0."""
    return inputs(f"{name} h", (n, hidden), -1, 1), inputs(f"{name} c", (n, hidden))


def but_the_last(result):
    """A triple or pair without its cache, which is nobody's business; anything else as it is."""
    return tuple(result[:-1]) if isinstance(result, tuple | list) and len(result) > 1 else result


# --- lstm_step ----------------------------------------------------------------------------------------------------

lstm_step = exercise(
    "lstm_step",
    points=2,
    labels=["h", "c"],
    forbids=TORCHS_LSTMS,
    instead="Write the four gates as matrix products.",
    returns="(h, c, cache), h and c of the shape (n, hidden)",
    hints=[
        "Which of the four parts of z lie between 0 and 1, and which may be negative? Who keeps the old c, and who lets "
        "something new in?",
        "z = x Wx + h Wh + b, cut into i, f, g, o. c = σ(f) · c + σ(i) · tanh(g), h = σ(o) · tanh(c) with the new c.",
        "Split z into four blocks along axis 1. Put sigmoid on the first, second and fourth, tanh on the third. Mix the "
        "old c and g with f and i, then show the tanh of the new c through o. Return h, c and your cache.",
    ],
)


@lstm_step.case
def the_cell_of_the_text(lstm_step):
    """One unit, z = (0, 2, 1, −1) and c = 0.5: c becomes 0.821 and h 0.182."""
    zeros = np.zeros((1, 1))
    result = lstm_step(zeros, zeros, np.array([[0.5]]), np.zeros((1, 4)), np.zeros((1, 4)), np.array([0.0, 2, 1, -1]))
    return but_the_last(result)


@lstm_step.case
def three_samples(lstm_step):
    """x is (3, 2), the states are (3, 4) and not 0: Wx is (2, 16), Wh (4, 16)."""
    return but_the_last(lstm_step(inputs("step x", (3, 2)), *states_for("step", 3, 4), *parameters_for("step", 2, 4)))


@lstm_step.case
def as_many_samples_as_units_and_features(lstm_step):
    """Everything is 3: here a mix-up of axes goes unnoticed by shapes."""
    return but_the_last(lstm_step(inputs("cube x", (3, 3)), *states_for("cube", 3, 3), *parameters_for("cube", 3, 3)))


@lstm_step.case
def a_value_is_left_alone(lstm_step):
    """Two units. The biases hold f at 1 and i at 0, so c stays as it was, and o is 1: h = tanh(c)."""
    b = np.repeat([-60.0, 60.0, 0.0, 60.0], 2)
    Wx, Wh, _ = parameters_for("left alone", 2, 2)
    return but_the_last(lstm_step(inputs("left alone x", (3, 2)), *states_for("left alone", 3, 2), Wx, Wh, b))


@lstm_step.case
def whole_numbers(lstm_step):
    """x is ((1, −2),), h ((0, 1),), c ((2, −3),), all of them whole numbers."""
    Wx, Wh, b = parameters_for("whole", 2, 2)
    return but_the_last(lstm_step(np.array([[1, -2]]), np.array([[0, 1]]), np.array([[2, -3]]), Wx, Wh, b))


@lstm_step.case
def a_triple_is_returned(lstm_step):
    """h, c and the cache; and what the caller handed over is as before."""
    given = (inputs("triple x", (2, 3)), *states_for("triple", 2, 2), *parameters_for("triple", 3, 2))
    result = lstm_step(*given)
    three = isinstance(result, tuple | list) and len(result) == 3

    def forwards(*arrays):
        lstm_step(*arrays)

    return {"three results": three, "inputs": inputs_after(forwards, *(array.copy() for array in given))}


# --- lstm_forward -------------------------------------------------------------------------------------------------

lstm_forward = exercise(
    "lstm_forward",
    points=2,
    forbids=TORCHS_LSTMS,
    instead="Call your lstm_step for each step.",
    returns="(H, caches), H of the shape (n, t, hidden)",
    hints=[
        "Which axis of X is time? What does step t need of step t − 1, and what does the first step need?",
        "Start with h = h0, c = c0. For each t: h, c, cache = lstm_step(X[:, t], h, c, …). Collect h, in order, along "
        "axis 1.",
        "Loop over X.shape[1]. Hand both states on, append h to one list and the cache to another, and put the h's "
        "together with np.stack(…, axis=1).",
    ],
)


def sequence(name, n, t, d, hidden):
    """X (n, t, d), h0, c0 (n, hidden), Wx, Wh, b."""
    return inputs(f"{name} X", (n, t, d)), *states_for(name, n, hidden), *parameters_for(name, d, hidden)


def states_in_time(lstm_forward, *given):
    """H alone, where it comes with caches."""
    result = lstm_forward(*given)
    return result[0] if isinstance(result, tuple | list) and len(result) == 2 else result


@lstm_forward.case
def four_steps(lstm_forward):
    """X is (2, 4, 3), the states are (2, 5) and not 0 at the start."""
    return states_in_time(lstm_forward, *sequence("four", 2, 4, 3, 5))


@lstm_forward.case
def a_single_step(lstm_forward):
    """X is (3, 1, 2): H is (3, 1, 4), what one step makes of h0 and c0."""
    return states_in_time(lstm_forward, *sequence("single", 3, 1, 2, 4))


@lstm_forward.case
def as_many_samples_as_steps(lstm_forward):
    """X is (3, 3, 3), with 3 units: here time and batch are as long as each other."""
    return states_in_time(lstm_forward, *sequence("square", 3, 3, 3, 3))


@lstm_forward.case
def one_sample_alone(lstm_forward):
    """X is (1, 5, 2): five steps of a single sequence."""
    return states_in_time(lstm_forward, *sequence("alone", 1, 5, 2, 2))


@lstm_forward.case
def a_pair_is_returned(lstm_forward):
    """H and caches; and what the caller handed over is as before."""
    given = sequence("pair", 2, 3, 2, 2)
    result = lstm_forward(*given)

    def forwards(*arrays):
        lstm_forward(*arrays)

    pair = isinstance(result, tuple | list) and len(result) == 2
    return {"a pair": pair, "inputs": inputs_after(forwards, *(array.copy() for array in given))}


# --- lstm_step_backward -------------------------------------------------------------------------------------------

lstm_step_backward = exercise(
    "lstm_step_backward",
    points=3,
    needs=["lstm_step"],
    labels=["dx", "dh_prev", "dc_prev", "dWx", "dWh", "db"],
    returns="(dx, dh_prev, dc_prev, dWx, dWh, db) of the shapes of x, h, c, Wx, Wh, b",
    hints=[
        "The new c has two readers, h and the next step. What does each of them send back, and what does one do with "
        "messages that meet?",
        "d = dc + dh · o · (1 − tanh²c). To z: d·g·i(1 − i), d·c·f(1 − f), d·i·(1 − g²), dh·tanh(c)·o(1 − o), where c in "
        "the second is the old one. dc_prev = d · f.",
        "Work out d, then the four messages to i, f, g and o, each times the slope of its own bend from its value. Put "
        "them side by side as dz. From dz go back as in rnn_step_backward, and to the old c with d · f.",
    ],
)


def there_and_back(lstm_step, lstm_step_backward, name, n, d, hidden, dh=1.0, dc=1.0):
    """Your own `lstm_step`, then your way back with its cache. dh, dc: factors of the two messages."""
    given = inputs(f"{name} x", (n, d)), *states_for(name, n, hidden), *parameters_for(name, d, hidden)
    cache = lstm_step(*given)[-1]
    messages = dh * inputs(f"{name} dh", (n, hidden)), dc * inputs(f"{name} dc", (n, hidden))
    return lstm_step_backward(*messages, cache)


@lstm_step_backward.case(judge=by_shape)
def six_shapes(lstm_step, lstm_step_backward):
    """x is (3, 2), the states (3, 4): the shapes of the six results. The cache is your `lstm_step`'s."""
    return shapes_of(there_and_back(lstm_step, lstm_step_backward, "back", 3, 2, 4), 6)


@lstm_step_backward.case(after=["six_shapes"])
def the_cell_of_the_text_backwards(lstm_step, lstm_step_backward):
    """One unit, z = (0, 2, 1, −1), c = 0.5, dh = 1 and dc = 0.5: dc_prev is 0.569, and f's part of db 0.034."""
    zeros = np.zeros((1, 1))
    *_, cache = lstm_step(
        zeros, zeros, np.array([[0.5]]), np.zeros((1, 4)), np.zeros((1, 4)), np.array([0.0, 2, 1, -1])
    )
    _, _, dc_prev, _, _, db = lstm_step_backward(np.array([[1.0]]), np.array([[0.5]]), cache)
    return {"dc_prev": dc_prev, "db": db}


@lstm_step_backward.case(after=["six_shapes"])
def the_message_for_h_alone(lstm_step, lstm_step_backward):
    """dc is 0 everywhere. What reaches c comes through h."""
    return there_and_back(lstm_step, lstm_step_backward, "back", 3, 2, 4, dc=0.0)


@lstm_step_backward.case(after=["six_shapes"])
def the_message_for_c_alone(lstm_step, lstm_step_backward):
    """dh is 0 everywhere. The output gate has no share in it."""
    return there_and_back(lstm_step, lstm_step_backward, "back", 3, 2, 4, dh=0.0)


@lstm_step_backward.case(after=["six_shapes"])
def both_messages(lstm_step, lstm_step_backward):
    """x is (3, 2), the states (3, 4), dh and dc are random."""
    return there_and_back(lstm_step, lstm_step_backward, "back", 3, 2, 4)


@lstm_step_backward.case(after=["six_shapes"])
def all_sizes_equal(lstm_step, lstm_step_backward):
    """Everything is 3: here a mix-up of axes goes unnoticed by shapes."""
    return there_and_back(lstm_step, lstm_step_backward, "even", 3, 3, 3)


@lstm_step_backward.case(after=["six_shapes"])
def the_messages_stay_as_they_are(lstm_step, lstm_step_backward):
    """dh and dc after the call."""
    cache = lstm_step(inputs("stay x", (2, 3)), *states_for("stay", 2, 2), *parameters_for("stay", 3, 2))[-1]

    def backwards(dh, dc):
        lstm_step_backward(dh, dc, cache)

    return inputs_after(backwards, inputs("stay dh", (2, 2)), inputs("stay dc", (2, 2)))


# --- lstm_backward ------------------------------------------------------------------------------------------------

lstm_backward = exercise(
    "lstm_backward",
    points=3,
    needs=["lstm_forward"],
    labels=["dX", "dh0", "dc0", "dWx", "dWh", "db"],
    returns="(dX, dh0, dc0, dWx, dWh, db) of the shapes of X, h0, c0, Wx, Wh, b",
    hints=[
        "Two messages travel back from step t + 1 to step t. Which of them meets one from outside?",
        "From the last step to the first: dx, dh, dc, … = lstm_step_backward(dH[:, t] + dh, dc, caches[t]). The weights' "
        "gradients of all steps are added up.",
        "Start with dh and dc at 0. Walk t backwards, hand dH[:, t] plus the dh from later and the dc from later to the "
        "step, keep what comes back for the next round, add up dWx, dWh, db, and put the dx's in the order of time.",
    ],
)


def through_time(lstm_forward, lstm_backward, name, n, t, d, hidden, where=None):
    """Your own `lstm_forward`, then your way back. where: the only step whose output gets a message."""
    caches = lstm_forward(*sequence(name, n, t, d, hidden))[1]
    dH = inputs(f"{name} dH", (n, t, hidden))
    if where is not None:
        dH = dH * (np.arange(t) == where)[:, None]
    return lstm_backward(dH, caches)


@lstm_backward.case(judge=by_shape)
def six_shapes_in_time(lstm_forward, lstm_backward):
    """X is (2, 4, 3), the states (2, 5): the shapes of the six results."""
    return shapes_of(through_time(lstm_forward, lstm_backward, "time", 2, 4, 3, 5), 6)


@lstm_backward.case(after=["six_shapes_in_time"])
def one_step_back(lstm_forward, lstm_backward):
    """X is (3, 1, 2): the same as a single `lstm_step_backward`, with dc = 0."""
    return through_time(lstm_forward, lstm_backward, "one", 3, 1, 2, 4)


@lstm_backward.case(after=["six_shapes_in_time"])
def a_message_at_the_last_step_only(lstm_forward, lstm_backward):
    """X is (2, 4, 3). Only the last output is read: all that the earlier steps get comes from later."""
    return through_time(lstm_forward, lstm_backward, "time", 2, 4, 3, 5, where=3)


@lstm_backward.case(after=["six_shapes_in_time"])
def a_message_at_the_first_step_only(lstm_forward, lstm_backward):
    """X is (2, 4, 3). Only the first output is read, so the x's of later steps get 0."""
    return through_time(lstm_forward, lstm_backward, "time", 2, 4, 3, 5, where=0)


@lstm_backward.case(after=["six_shapes_in_time"])
def messages_at_every_step(lstm_forward, lstm_backward):
    """X is (2, 4, 3), dH is random at every step."""
    return through_time(lstm_forward, lstm_backward, "time", 2, 4, 3, 5)


@lstm_backward.case(after=["six_shapes_in_time"])
def as_many_samples_as_steps_back(lstm_forward, lstm_backward):
    """X is (3, 3, 3), with 3 units: here time and batch are as long as each other."""
    return through_time(lstm_forward, lstm_backward, "cubic", 3, 3, 3, 3)


@lstm_backward.case(after=["six_shapes_in_time"])
def dH_stays_as_it_is(lstm_forward, lstm_backward):
    """The caller's dH after the call."""
    caches = lstm_forward(*sequence("dH", 2, 3, 2, 2))[1]

    def backwards(dH):
        lstm_backward(dH, caches)

    return inputs_after(backwards, inputs("dH stays", (2, 3, 2)))


# --- from_torch ---------------------------------------------------------------------------------------------------

from_torch = exercise(
    "from_torch",
    points=2,
    labels=["Wx", "Wh", "b"],
    returns="(Wx, Wh, b), NumPy arrays",
    hints=[
        "PyTorch's weight_ih_l0 has the shape (4·hidden, d). Which shape do your functions want? And how many biases do "
        "they know?",
        "Wx = weight_ih_l0 transposed, Wh = weight_hh_l0 transposed, b = bias_ih_l0 + bias_hh_l0, each detached, as a "
        "NumPy array, copied.",
        "Turn both matrices with .T, add the two biases, and send each through .detach().numpy().copy().",
    ],
)


def filled(model):
    """The model, with weights that only depend on names and shapes."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            shape = tuple(parameter.shape)
            parameter.copy_(torch.tensor(inputs(f"{name.rpartition('.')[2]} {shape}", shape, -1, 1)))
    return model


def layer(kind, d, hidden, dtype=torch.float64):
    return filled(kind(d, hidden, batch_first=True, dtype=dtype))


@from_torch.case
def an_lstm_of_four_units(from_torch):
    """nn.LSTM(3, 4) with weights from outside: Wx is (3, 16), Wh (4, 16), b (16,)."""
    return from_torch(layer(nn.LSTM, 3, 4))


@from_torch.case
def as_many_features_as_units(from_torch):
    """nn.LSTM(3, 3): here both matrices have the same shape."""
    return from_torch(layer(nn.LSTM, 3, 3))


@from_torch.case
def a_simple_layer(from_torch):
    """nn.RNN(2, 3): Wx is (2, 3), Wh (3, 3), b (3,)."""
    return from_torch(layer(nn.RNN, 2, 3))


@from_torch.case
def arrays_of_the_layers_type(from_torch):
    """What the three results of a layer in float32 are, and of one in float64."""
    found = []
    for dtype in (torch.float32, torch.float64):
        parts = from_torch(layer(nn.LSTM, 2, 3, dtype))
        found.append([f"{type(part).__name__} of {str(part.dtype).removeprefix('torch.')}" for part in parts])
    return found


@from_torch.case
def they_do_not_change_with_the_layer(from_torch):
    """The three results, after all parameters of the layer have been set to 7; and whether it was as before until then."""
    lstm = layer(nn.LSTM, 2, 3)
    before = [parameter.detach().clone() for parameter in lstm.parameters()]
    parts = from_torch(lstm)
    same = all(torch.equal(a, b) for a, b in zip(before, lstm.parameters(), strict=True))
    with torch.no_grad():
        for parameter in lstm.parameters():
            parameter.fill_(7.0)
    return {"results": parts, "layer as before": same}


# --- CharLSTM -----------------------------------------------------------------------------------------------------

CharLSTM = exercise(
    "CharLSTM",
    points=3,
    returns="(scores, state): scores of the shape (n, t, k), state as nn.LSTM returns it",
    hints=[
        "Which three layers stand in the table, and what goes in and out of each? What does nn.LSTM return besides its "
        "outputs?",
        "nn.Embedding(k, 64), nn.LSTM(64, hidden, batch_first=True), nn.Linear(hidden, k). In forward: H, state = "
        "lstm(embedding(ids), state). The forget gates are the second quarter of each bias.",
        "In __init__ keep the vocabulary and make the three layers. Under torch.no_grad() set bias_ih_l0[hidden : "
        "2·hidden] to 1 and the same part of bias_hh_l0 to 0. In forward send ids through all three and return state.",
    ],
)

VOCABULARY = list("abcde")
HIDDEN = 6


def shapes(model):
    """The shapes of a model's parameters, sorted."""
    return sorted(tuple(parameter.shape) for parameter in model.parameters())


OUR_SHAPES = sorted([(5, 64), (4 * HIDDEN, 64), (4 * HIDDEN, HIDDEN), (4 * HIDDEN,), (4 * HIDDEN,), (5, HIDDEN), (5,)])


def with_weights(CharLSTM):
    """A small model with weights that depend on their shapes alone; None where its parameters aren't those asked for."""
    model = CharLSTM(VOCABULARY, HIDDEN)
    if shapes(model) != OUR_SHAPES:
        return None
    with torch.no_grad():
        for parameter in model.parameters():
            shape = tuple(parameter.shape)
            parameter.copy_(torch.tensor(inputs(f"char {shape}", shape, -0.5, 0.5)))
    return model


def ids_for(name, n, t):
    return torch.tensor(integer_inputs(f"{name} ids", (n, t), len(VOCABULARY)))


@CharLSTM.case
def the_shapes_of_its_parameters(CharLSTM):
    """CharLSTM(["a", …, "e"], 6): a table (5, 64), the four parameters of the LSTM, a weight (5, 6) and a bias (5,)."""
    return shapes(CharLSTM(VOCABULARY, HIDDEN))


@CharLSTM.case
def it_keeps_its_vocabulary(CharLSTM):
    """model.vocabulary"""
    return list(CharLSTM(VOCABULARY, HIDDEN).vocabulary)


@CharLSTM.case
def the_bias_of_the_forget_gates(CharLSTM):
    """The sum of both biases for f, unit by unit, right after it was made; and whether those of i, g and o are still as
    torch drew them: small numbers, not 0."""
    model = CharLSTM(VOCABULARY, HIDDEN)
    (lstm,) = [part for part in model.modules() if isinstance(part, nn.LSTM)]
    both = torch.stack([lstm.bias_ih_l0, lstm.bias_hh_l0]).detach().reshape(2, 4, -1)
    drawn = (both != 0) & (both.abs() <= HIDDEN**-0.5)
    return {"f": both[:, 1].sum(dim=0), "i, g and o as drawn": drawn.all(dim=2).all(dim=0)[[0, 2, 3]].tolist()}


@CharLSTM.case(after=["the_shapes_of_its_parameters"])
def two_texts_of_seven_characters(CharLSTM):
    """ids are (2, 7), weights come from outside: the scores (2, 7, 5)."""
    model = with_weights(CharLSTM)
    return None if model is None else model(ids_for("two", 2, 7))[0]


@CharLSTM.case(after=["the_shapes_of_its_parameters"])
def the_state_after_the_last_step(CharLSTM):
    """ids are (3, 4): the state is the pair (h, c), each (1, 3, 6)."""
    model = with_weights(CharLSTM)
    return None if model is None else model(ids_for("state", 3, 4))[1]


@CharLSTM.case(after=["the_shapes_of_its_parameters"])
def in_two_pieces_as_in_one(CharLSTM):
    """The scores of characters 5 to 9, read with the state that was left after the first four."""
    model = with_weights(CharLSTM)
    if model is None:
        return None
    ids = ids_for("pieces", 2, 9)
    _, state = model(ids[:, :4])
    return model(ids[:, 4:], state)[0]


@CharLSTM.case(after=["the_shapes_of_its_parameters"])
def gradients_reach_all_parameters(CharLSTM):
    """The sizes of the gradients of Σ scores², sorted by shape."""
    model = with_weights(CharLSTM)
    if model is None:
        return None
    model(ids_for("gradients", 2, 3))[0].square().sum().backward()
    ordered = sorted(model.parameters(), key=lambda parameter: tuple(parameter.shape))
    return [None if p.grad is None else p.grad.norm() for p in ordered]


# --- text_batches -------------------------------------------------------------------------------------------------

text_batches = exercise(
    "text_batches",
    points=2,
    returns="a list of pairs (x, y) of int64 tensors (n, t)",
    hints=[
        "Write the example down as two rows. Which columns belong to the first x, and which to the first y?",
        "length = len(ids) // n, strips = ids[: n·length] in the shape (n, length). The batch that starts at column a has "
        "x = strips[:, a : a + t] and y one column further. a = 0, t, 2t, … as long as a + t + 1 ≤ length.",
        "Cut the text to n·length, reshape it to n rows, and make an int64 tensor of it. Walk along the columns in steps "
        "of t, and take x and y while both are whole.",
    ],
)


def as_lists(batches):
    """[[x, y], …] in plain lists; anything else as it is."""
    if not isinstance(batches, list):
        return batches
    return [[part.tolist() if hasattr(part, "tolist") else part for part in pair] for pair in batches]


@text_batches.case
def the_example_of_the_text(text_batches):
    """11 characters 0…10, n = 2, t = 2: two batches, and number 10 is left over."""
    return as_lists(text_batches(np.arange(11), 2, 2))


@text_batches.case
def three_strips(text_batches):
    """The numbers 100…130, n = 3, t = 4: strips of 10, two batches of 4, the rest isn't a whole batch."""
    return as_lists(text_batches(np.arange(100, 131), 3, 4))


@text_batches.case
def strips_that_fit_exactly(text_batches):
    """15 numbers, n = 3, t = 4: strips of 5, one batch."""
    return as_lists(text_batches(np.arange(15) * 2, 3, 4))


@text_batches.case
def strips_that_miss_one(text_batches):
    """16 numbers, n = 2, t = 4: strips of 8. The second batch would need a ninth character."""
    return as_lists(text_batches(np.arange(16), 2, 4))


@text_batches.case
def a_single_strip(text_batches):
    """7 numbers, n = 1, t = 3: two batches."""
    return as_lists(text_batches(np.array([5, 0, 3, 3, 1, 4, 2]), 1, 3))


@text_batches.case
def the_kind_of_the_results(text_batches):
    """What x and y are."""
    batches = text_batches(np.arange(20, dtype=np.int32), 2, 3)
    return [
        f"{type(part).__name__} of {str(getattr(part, 'dtype', '?')).removeprefix('torch.')}" for part in batches[0]
    ]


# --- train_text ---------------------------------------------------------------------------------------------------

train_text = exercise(
    "train_text",
    points=3,
    returns="a list with the loss of each batch, floats",
    hints=[
        "What does a batch inherit from the one before, and what must it not inherit? Where in lesson 7's loop does the "
        "clipping belong?",
        "scores, state = model(x, state); loss = cross_entropy(scores.flatten(0, 1), y.flatten()); zero_grad, backward, "
        "clip_grad_norm_(model.parameters(), max_norm), optimiser.step, scheduler.step; each part of state detached.",
        "model.train(), state = None. For each pair: scores and state from the model, loss over all characters, then zero, "
        "backward, clip, both steps. Append loss.item(). Detach h and c before the next round.",
    ],
)


class Reader(nn.Module):
    """A small float64 model in the manner of CharLSTM, for 4 characters, that notes in which mode it was asked."""

    def __init__(self):
        super().__init__()
        self.vocabulary = list("abcd")
        self.embedding, self.lstm = nn.Embedding(4, 3), nn.LSTM(3, 5, batch_first=True)
        self.head = nn.Linear(5, 4)
        self.modes = []
        filled(self.double())

    def forward(self, ids, state=None):
        self.modes.append("training" if self.training else "evaluation")
        H, state = self.lstm(self.embedding(ids), state)
        return self.head(H), state


def pieces(name, count, n=2, t=3):
    """Batches (x, y) of numbers below 4, both (n, t)."""
    made = [(integer_inputs(f"{name} {i}", (n, t), 4), integer_inputs(f"{name} y{i}", (n, t), 4)) for i in range(count)]
    return [(torch.tensor(x), torch.tensor(y)) for x, y in made]


def taught(train_text, batches, max_norm, lr=0.5, gamma=1.0, momentum=0.0):
    """A reader after one pass, its optimiser, and what train_text returned."""
    model = Reader()
    optimiser = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimiser, gamma)
    losses = train_text(model, batches, optimiser, scheduler, max_norm)
    return model, optimiser, losses


def digest(model):
    """The parameters of a model."""
    return list(model.parameters())


@train_text.case
def one_batch(train_text):
    """A single batch (2, 3), nothing to clip: all parameters after the step."""
    return digest(taught(train_text, pieces("one", 1), 1e6)[0])


@train_text.case
def three_batches_in_a_row(train_text):
    """The state goes from batch to batch: all parameters after three steps, nothing to clip."""
    return digest(taught(train_text, pieces("three", 3), 1e6)[0])


@train_text.case
def long_gradients_are_clipped(train_text):
    """Three batches, max_norm = 0.05: every step is shortened, before it is taken."""
    return digest(taught(train_text, pieces("clip", 3), 0.05, momentum=0.5)[0])


@train_text.case
def the_scheduler_steps_too(train_text):
    """The learning rate is halved after each step: parameters and learning rate after three batches."""
    model, optimiser, _ = taught(train_text, pieces("schedule", 3), 1e6, gamma=0.5)
    return {"parameters": digest(model), "learning rate": optimiser.param_groups[0]["lr"]}


@train_text.case
def a_gradient_left_over(train_text):
    """Somebody has called backward on this model before: what is left in .grad must not take part."""
    model = Reader()
    (3 * model(pieces("left", 1)[0][0])[0]).sum().backward()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.5)
    train_text(model, pieces("left", 2), optimiser, torch.optim.lr_scheduler.ExponentialLR(optimiser, 1.0), 1e6)
    return digest(model)


@train_text.case
def the_losses(train_text):
    """One loss per batch, found before its step, the mean over all characters; and what kind of numbers they are."""
    losses = taught(train_text, pieces("losses", 4), 1e6, lr=0.1)[2]
    kinds = sorted({type(loss).__name__ for loss in losses}) if isinstance(losses, list) else type(losses).__name__
    return {"losses": losses, "kinds": kinds}


@train_text.case
def in_training_mode(train_text):
    """The model comes in evaluation mode: in which modes it is asked."""
    model = Reader().eval()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
    train_text(model, pieces("mode", 2), optimiser, torch.optim.lr_scheduler.ExponentialLR(optimiser, 1.0), 1.0)
    return sorted(set(model.modes))


@train_text.case
def batches_that_can_be_read_once(train_text):
    """The batches come from a generator: how many losses there are, and how often the optimiser stepped."""
    model, steps = Reader(), []
    optimiser = torch.optim.SGD(model.parameters(), lr=0.5)
    optimiser.register_step_pre_hook(lambda *_: steps.append(1))
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimiser, 1.0)
    losses = train_text(model, (pair for pair in pieces("once", 3)), optimiser, scheduler, 1.0)
    return {"losses": len(losses) if isinstance(losses, list) else 0, "steps": len(steps)}


# --- perplexity ---------------------------------------------------------------------------------------------------

perplexity = exercise(
    "perplexity",
    points=1,
    returns="one number",
    hints=[
        "A model that wavers between 8 equally likely characters has the loss ln 8. What turns ln 8 into 8?",
        "e to the power of the loss.",
        "np.exp of the loss.",
    ],
)


@perplexity.case
def between_eight_characters(perplexity):
    """The loss ln 8 = 2.079 is a wavering between 8."""
    return perplexity(np.log(8.0))


@perplexity.case
def perfect(perplexity):
    """A loss of 0: there is no wavering, 1."""
    return perplexity(0.0)


@perplexity.case
def a_good_writer(perplexity):
    """1.6 nats: about 5."""
    return perplexity(1.6)


@perplexity.case
def a_whole_number(perplexity):
    """A loss of 3, an int: e³ = 20.1."""
    return perplexity(3)


# --- generate -----------------------------------------------------------------------------------------------------

generate = exercise(
    "generate",
    points=3,
    returns="the prompt and `length` new characters, one str",
    hints=[
        "What does the model know after it has read only the last character of the prompt? And which scores belong to the "
        "character that is to be drawn next?",
        "ids = encode(prompt, model.vocabulary). scores, state = model(ids as (1, t), state); draw from scores[0, -1]; then "
        "read the drawn one, as (1, 1), with that state.",
        "model.eval(), torch.no_grad(). Read the whole prompt first. Then `length` times: sample from the last scores, "
        "append, and read that one character with the state kept. Decode all numbers.",
    ],
)


class Counting(nn.Module):
    """Says with near certainty which letter comes next: one that depends on all that was read, and how often.

    Its state, (h, c) as of an nn.LSTM, holds the weighted sum of all characters so far.
    """

    def __init__(self, vocabulary="abcdefg"):
        super().__init__()
        self.vocabulary = list(vocabulary)
        self.modes, self.recording, self.weight = set(), set(), nn.Parameter(torch.ones(()))

    def forward(self, ids, state=None):
        self.modes.add("training" if self.training else "evaluation")
        self.recording.add(torch.is_grad_enabled())
        k = len(self.vocabulary)
        total = torch.zeros(1, len(ids), 1) if state is None else state[0]
        scores = []
        for t in range(ids.shape[1]):
            total = (2 * total + ids[:, t].reshape(1, -1, 1) + 1) % 1009
            scores.append(60.0 * nn.functional.one_hot(total[0, :, 0].long() % k, k))
        return torch.stack(scores, dim=1) * self.weight, (total, total)


class Coin(nn.Module):
    """Always gives the same scores: b is as likely as e to the gap times a."""

    def __init__(self, gap):
        super().__init__()
        self.vocabulary, self.gap = ["a", "b"], gap

    def forward(self, ids, state=None):
        row = torch.tensor([0.0, self.gap])
        nothing = torch.zeros(1, len(ids), 1)
        return row.expand(*ids.shape, 2), (nothing, nothing)


def rng_of(seed):
    return np.random.default_rng(seed)


@generate.case
def it_goes_on_from_the_prompt(generate):
    """A model that is sure of each next letter, which depends on all that it has read. Prompt "face", 12 letters."""
    return generate(Counting(), "face", 12, 1.0, rng_of(0))


@generate.case
def prompts_with_the_same_last_letter(generate):
    """The prompts "ad", "bd" and "gad": what follows isn't the same."""
    return [generate(Counting(), prompt, 6, 0.7, rng_of(1)) for prompt in ("ad", "bd", "gad")]


@generate.case
def a_prompt_of_one_letter(generate):
    """Prompt "c", 5 new letters."""
    return generate(Counting(), "c", 5, 1.0, rng_of(0))


@generate.case
def no_new_letters(generate):
    """length = 0: the prompt alone."""
    return generate(Counting(), "bead", 0, 1.0, rng_of(0))


@generate.case(judge=between(0.35, 0.65, "the share of b"))
def warm(generate):
    """Scores that make b three times as likely as a, and temperature 5: nearly one half of 600 letters is b (55 %)."""
    return share_of_b(generate(Coin(float(np.log(3.0))), "a", 600, 5.0, rng_of(3)))


@generate.case(judge=between(0.85, 0.95, "the share of b"))
def cool(generate):
    """The same scores and temperature 0.5: nine of ten are b."""
    return share_of_b(generate(Coin(float(np.log(3.0))), "a", 600, 0.5, rng_of(4)))


def share_of_b(text):
    return text[1:].count("b") / 600 if isinstance(text, str) else text


@generate.case
def a_character_it_does_not_know(generate):
    """Prompt "a?b": a ValueError that names the ?."""
    try:
        generate(Counting(), "a?b", 3, 1.0, rng_of(0))
    except ValueError as error:
        return "a ValueError with the character" if "?" in str(error) else "a ValueError without the character"
    except (KeyError, IndexError, RuntimeError) as error:
        return type(error).__name__
    return "no error"


@generate.case
def without_gradients_in_evaluation_mode(generate):
    """In which modes the model is asked, and whether PyTorch was recording gradients."""
    model = Counting().train()
    generate(model, "ab", 3, 1.0, rng_of(0))
    return {"modes": sorted(model.modes), "recording": sorted(model.recording)}


# --- gru_step -----------------------------------------------------------------------------------------------------

gru_step = exercise(
    "gru_step",
    points=0,
    forbids=TORCHS_GRUS,
    instead="Write the two gates as matrix products.",
    returns="the new state, an array (n, hidden)",
    hints=[
        "Two of the three blocks are gates. Which one decides what of the old state goes into the candidate, and which one "
        "how much of the old state stays?",
        "r = σ(xr + hr), z = σ(xz + hz), n = tanh(xn + r · hn), with x Wx + bx and h Wh + bh each cut into three. The new "
        "state is (1 − z) · n + z · h.",
        "Compute x @ Wx + bx and h @ Wh + bh apart and split both into three. Add the parts for r and z under a sigmoid. "
        "For n multiply the state's part by r first. Mix n and h with z.",
    ],
)


def gru_inputs(name, n, d, hidden):
    Wx, Wh, bx = parameters_for(name, d, hidden, blocks=3)
    return inputs(f"{name} x", (n, d)), inputs(f"{name} h", (n, hidden)), Wx, Wh, bx, inputs(f"{name} bh", 3 * hidden)


@gru_step.case
def three_samples_of_a_gru(gru_step):
    """x is (3, 2), h (3, 4): the new state is (3, 4)."""
    return gru_step(*gru_inputs("gru", 3, 2, 4))


@gru_step.case
def a_gru_with_equal_sizes(gru_step):
    """Everything is 3: here a mix-up of axes goes unnoticed by shapes."""
    return gru_step(*gru_inputs("gru cube", 3, 3, 3))


@gru_step.case
def a_state_that_stays(gru_step):
    """The bias holds z at 1: the new state is the old one."""
    x, h, Wx, Wh, bx, bh = gru_inputs("gru stays", 2, 2, 2)
    return gru_step(x, h, Wx, Wh, bx + np.repeat([0.0, 80.0, 0.0], 2), bh)


@gru_step.case
def nothing_of_the_old_state(gru_step):
    """The biases hold r and z at 0: n comes from x and its bias alone."""
    x, h, Wx, Wh, bx, bh = gru_inputs("gru new", 2, 3, 2)
    return gru_step(x, h, Wx, Wh, bx + np.repeat([-80.0, -80.0, 0.0], 2), bh)


@gru_step.case
def a_gru_leaves_its_inputs(gru_step):
    """What the caller handed over, after the call."""

    def forwards(*arrays):
        gru_step(*arrays)

    return inputs_after(forwards, *gru_inputs("gru left", 2, 3, 2))
