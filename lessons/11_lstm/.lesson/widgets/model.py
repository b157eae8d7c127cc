"""The model that is looked into: your `writer` or ours, what goes into its LSTM, and what it expects next."""

import copy
import zlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from course.figures import LearnerError

from .start import start

FAR = 50.0  # a bias at which the sigmoid is 1 to the last digit; at −50 it is 2e-22


@dataclass(frozen=True, eq=False)
class Writer:
    """A model that foresees letters, with the weights of its LSTM as your from_torch reads them."""

    model: nn.Module
    lstm: nn.LSTM
    vocabulary: str
    yours: bool
    weights: tuple  # Wx (d, 4k), Wh (k, 4k), b (4k,)
    print: int  # a fingerprint of all these numbers: training on changes it

    @property
    def units(self):
        return self.lstm.hidden_size

    def __contains__(self, letters):
        return all(letter in self.vocabulary for letter in letters)

    def ids(self, letters):
        """int64 (1, t)."""
        return torch.tensor([[self.vocabulary.index(letter) for letter in letters]])


def find_writer(functions):
    """The notebook's `writer` if it can be looked into; else our own, with a note that says why."""
    theirs = functions.theirs("writer")
    lstm = first_lstm(theirs)
    vocabulary = getattr(theirs, "vocabulary", None)
    fault = None
    if theirs is not None and lstm is None:
        fault = "has no nn.LSTM inside"
    elif theirs is not None and not _letters(vocabulary):
        fault = "has no vocabulary of single characters"
    elif lstm is not None and (lstm.bidirectional or lstm.proj_size or not lstm.bias):
        fault = "reads in both directions, projects its state or has no biases, which can't be shown"
    elif lstm is not None and not functions.have("from_torch"):
        fault = "waits for your from_torch"
    if fault:
        functions.note(f"Your writer {fault}, so ours is shown.")
    yours = theirs is not None and fault is None
    functions.used["writer"] = "your" if yours else "our"
    model = theirs if yours else start()
    lstm = first_lstm(model)
    if lstm.num_layers > 1:
        functions.note(f"Your writer has {lstm.num_layers} layers of LSTM; the first one is shown.")
    weights = read_weights(lstm, functions)
    numbers = [*weights, *(values.detach().cpu().contiguous().numpy() for values in model.state_dict().values())]
    return Writer(model, lstm, "".join(model.vocabulary), yours, weights, fingerprint(numbers))


def first_lstm(model):
    parts = model.modules() if isinstance(model, nn.Module) else ()
    return next((part for part in parts if isinstance(part, nn.LSTM)), None)


def _letters(vocabulary):
    letters = list(vocabulary) if isinstance(vocabulary, str | list | tuple) else []
    return bool(letters) and all(isinstance(letter, str) and len(letter) == 1 for letter in letters)


def read_weights(lstm, functions):
    """Wx, Wh, b as your from_torch reads them; our own writer's are in its file."""
    if not functions.have("from_torch"):
        functions.own("from_torch")
        return tuple(values.astype(np.float64) for values in start().weights)
    d, k = lstm.input_size, lstm.hidden_size
    return functions.call("from_torch", lstm, shape=[(d, 4 * k), (k, 4 * k), (4 * k,)])


def fingerprint(arrays):
    mark = 0
    for values in arrays:
        mark = zlib.crc32(values.tobytes(), mark)
    return mark


# --- a forget gate held open or shut --------------------------------------------------------------------


def held(weights, unit, f):
    """The weights with the forget gate of one unit held at f, 1 or 0: its inputs cut, its bias far out."""
    Wx, Wh, b = (values.copy() for values in weights)
    column = len(b) // 4 + unit
    Wx[:, column] = Wh[:, column] = 0
    b[column] = FAR if f else -FAR
    return Wx, Wh, b


def held_model(writer, unit, f):
    """A copy of the model with the same gate held."""
    model = copy.deepcopy(writer.model)
    lstm = first_lstm(model)
    row = lstm.hidden_size + unit
    with torch.no_grad():
        for weight in (lstm.weight_ih_l0, lstm.weight_hh_l0):
            weight[row] = 0
        lstm.bias_ih_l0[row] = FAR if f else -FAR
        lstm.bias_hh_l0[row] = 0
    return model


# --- what goes in, and what comes out -------------------------------------------------------------------


def run(model, ids, state=None):
    """(X, H, scores, state): what its first LSTM got (n, t, d) and gave (n, t, k), its scores (n, t, letters)."""
    caught = []
    lstm = first_lstm(model)
    hook = lstm.register_forward_hook(lambda _, given, made: caught.append((given[0].detach(), made[0].detach())))
    training, threads = model.training, torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        model.eval()
        with torch.no_grad():
            scores, state = model(ids, state)
    except (RuntimeError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise LearnerError(f"Your writer stopped when it read the text: {type(error).__name__}: {error}") from error
    finally:
        hook.remove()
        model.train(training)
        torch.set_num_threads(threads)
    if not caught or caught[0][0].ndim != 3:
        raise LearnerError("Your writer did not hand its nn.LSTM a batch of shape (n, t, d), so it can't be shown.")
    X, H = caught[0] if lstm.batch_first else (values.transpose(0, 1) for values in caught[0])
    letters = len(model.vocabulary)
    if not isinstance(scores, torch.Tensor) or scores.shape != (*ids.shape, letters):
        shape = tuple(getattr(scores, "shape", ()))
        raise LearnerError(f"Your writer's scores have shape {shape}; they should have {(*ids.shape, letters)}.")
    return *(values.numpy().astype(np.float64) for values in (X, H, scores)), state
