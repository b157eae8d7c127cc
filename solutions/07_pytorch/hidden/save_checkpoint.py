"""Held-out cases of `save_checkpoint`, known mistakes with their diagnosis, other right answers."""

import tempfile
from pathlib import Path

import numpy as np
import torch

from autograder import exercise, inputs, reduced

from .shared import go_on, normed

save_checkpoint = exercise("save_checkpoint")


def values_in(content):
    """Every tensor and list of numbers in a file's content as one row, single numbers as rows of one."""
    if isinstance(content, torch.Tensor):
        return [content.detach().double().ravel().tolist()]
    if isinstance(content, int | float):
        return [[float(content)]]
    if isinstance(content, list | tuple) and content and all(isinstance(each, int | float) for each in content):
        return [[float(each) for each in content]]
    inside = content.values() if isinstance(content, dict) else content if isinstance(content, list | tuple) else ()
    return [row for each in inside for row in values_in(each)]


def stands_in(rows, wanted):
    """Whether these values stand somewhere in a row, one after the other."""
    wanted = np.ravel(wanted).tolist()
    return any(row[i : i + len(wanted)] == wanted for row in rows for i in range(len(row) - len(wanted) + 1))


def are_rows(rows):
    """Whether these are lists of numbers."""
    numbers = (each for row in rows if isinstance(row, list) for each in row) if isinstance(rows, list) else ()
    return (
        isinstance(rows, list)
        and all(isinstance(row, list) for row in rows)
        and all(isinstance(each, int | float) for each in numbers)
    )


def rows_of(path):
    """The values in a file as rows; a sentence when there is none."""
    return values_in(torch.load(path, weights_only=True)) if Path(path).exists() else "no file at the path"


SHAPES = [(5, 2), (5,), (4, 5), (4,)]


def known(what, shape):
    """Numbers that the judge knows, too."""
    return inputs(f"known held out {what} {shape}", shape)


def put(what, model):
    """Put known numbers into a network after its training."""
    with torch.no_grad():
        model[1].mean.copy_(torch.tensor(known(f"{what} mean", (5,))))
        for parameter in model.parameters():
            parameter.copy_(torch.tensor(known(what, tuple(parameter.shape))))


def put_in(what):
    """What has been put into a network."""
    return [known(f"{what} mean", (5,)), *(known(what, shape) for shape in SHAPES)]


def all_of_it(rows):
    """Which of the values are in the file."""
    if not are_rows(rows):
        return rows
    wanted = [*put_in("once"), *(known("velocity", shape) for shape in SHAPES), 0.017, 0.8, 23.0]
    return [stands_in(rows, each) for each in wanted]


def is_equal(left, right):
    return isinstance(left, np.ndarray) and np.array_equal(left, right)


def the_second_only(found):
    """Which values of the second network are in the file, whether the first epoch still is, what became of the network."""
    if not isinstance(found, dict) or not are_rows(found.get("rows")):
        return found
    left = found.get("model")
    left = [getattr(each, "array", None) for each in left] if isinstance(left, list) else []
    same = len(left) == 5 and all(map(is_equal, left, put_in("twice")))
    return {
        "found": [stands_in(found["rows"], each) for each in (*put_in("twice"), 43.0)],
        "41": stands_in(found["rows"], 41.0),
        "left alone": same and found.get("training") is True,
    }


@save_checkpoint.held_out(judge=reduced(all_of_it))
def momentum_and_a_path_given_as_text(save_checkpoint):
    model = normed()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.017, momentum=0.8)
    go_on(model, optimiser, 0, 4)
    put("once", model)
    for parameter, state in optimiser.state.items():
        state["momentum_buffer"].copy_(torch.tensor(known("velocity", tuple(parameter.shape))))
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "without a suffix")
        save_checkpoint(path, model, optimiser, 23)
        return rows_of(path)


@save_checkpoint.held_out(judge=reduced(the_second_only))
def an_older_file_is_replaced_and_the_model_left_alone(save_checkpoint):
    model = normed()
    optimiser = torch.optim.Adam(model.parameters())
    go_on(model, optimiser, 0, 2)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "twice.pt"
        save_checkpoint(path, model, optimiser, 41)
        go_on(model, optimiser, 0, 2)
        put("twice", model)
        save_checkpoint(path, model, optimiser, 43)
        return {"rows": rows_of(path), "model": [model[1].mean, *model.parameters()], "training": model.training}


def both_states(model, optimiser, epoch):
    """What belongs into the file, for the mistakes below."""
    return {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "epoch": int(epoch)}


@save_checkpoint.mistake(
    "optimiser-not-saved",
    "The optimiser's memory is missing, so Adam would start anew: save optimiser.state_dict(), too.",
)
def model_and_epoch(path, model, optimiser, epoch):
    torch.save({"model": model.state_dict(), "epoch": int(epoch)}, path)


@save_checkpoint.mistake(
    "weights-only", "Only the weights are in the file. Optimiser and epoch belong to it: a dictionary of all three."
)
def only_the_model(path, model, optimiser, epoch):
    torch.save(model.state_dict(), path)


@save_checkpoint.mistake("model-not-saved", "The model's weights are missing: save model.state_dict(), too.")
def optimiser_and_epoch(path, model, optimiser, epoch):
    torch.save({"optimiser": optimiser.state_dict(), "epoch": int(epoch)}, path)


@save_checkpoint.mistake("epoch-not-saved", "The epoch is missing in the file: put it in beside the two state_dicts.")
def both_without_epoch(path, model, optimiser, epoch):
    torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict()}, path)


@save_checkpoint.mistake(
    "whole-object-pickled",
    "You save the model itself, which weights_only=True refuses to read. Save model.state_dict(), and so for the "
    "optimiser.",
)
def the_objects(path, model, optimiser, epoch):
    torch.save({"model": model, "optimiser": optimiser, "epoch": int(epoch)}, path)


@save_checkpoint.mistake(
    "optimiser-object-pickled",
    "The optimiser itself is in the file, which weights_only=True refuses to read. Save optimiser.state_dict().",
)
def the_optimiser_object(path, model, optimiser, epoch):
    torch.save({"model": model.state_dict(), "optimiser": optimiser, "epoch": int(epoch)}, path)


@save_checkpoint.mistake(
    "no-optimiser-and-numpy-scalar",
    "The optimiser's memory is missing: save optimiser.state_dict(), too. And make the epoch a plain number: int(epoch).",
)
def model_and_epoch_as_it_comes(path, model, optimiser, epoch):
    torch.save({"model": model.state_dict(), "epoch": epoch}, path)


@save_checkpoint.mistake(
    "no-model-and-numpy-scalar",
    "The model's weights are missing: save model.state_dict(), too. And make the epoch a plain number: int(epoch).",
)
def optimiser_and_epoch_as_it_comes(path, model, optimiser, epoch):
    torch.save({"optimiser": optimiser.state_dict(), "epoch": epoch}, path)


@save_checkpoint.mistake(
    "numpy-scalar", "A whole number of NumPy can't be read with weights_only=True. Make a plain one: int(epoch)."
)
def epoch_as_it_comes(path, model, optimiser, epoch):
    torch.save({**both_states(model, optimiser, 0), "epoch": epoch}, path)


@save_checkpoint.mistake(
    "buffers-missing",
    "You save the parameters only. Buffers, such as batch norm's running mean, belong to the model, too: state_dict().",
)
def parameters_only(path, model, optimiser, epoch):
    torch.save({**both_states(model, optimiser, epoch), "model": dict(model.named_parameters())}, path)


@save_checkpoint.mistake(
    "settings-missing", "The optimiser's settings, such as its learning rate, are missing: save its whole state_dict()."
)
def memory_only(path, model, optimiser, epoch):
    torch.save({**both_states(model, optimiser, epoch), "optimiser": optimiser.state_dict()["state"]}, path)


@save_checkpoint.mistake(
    "memory-missing", "You save the optimiser's settings, but not what it remembers: save its whole state_dict()."
)
def settings_only(path, model, optimiser, epoch):
    torch.save({**both_states(model, optimiser, epoch), "optimiser": optimiser.state_dict()["param_groups"]}, path)


@save_checkpoint.mistake("path-extended", "You changed the path. Write to the very path you were given.")
def with_a_suffix(path, model, optimiser, epoch):
    torch.save(both_states(model, optimiser, epoch), f"{path}.pth")


@save_checkpoint.mistake("nothing-written", "No file was written: hand the dictionary and the path to torch.save.")
def only_returned(path, model, optimiser, epoch):
    return both_states(model, optimiser, epoch)


@save_checkpoint.mistake(
    "arguments-swapped", "torch.save takes what is to be saved first, then the path: torch.save(object, path)."
)
def path_first(path, model, optimiser, epoch):
    torch.save(path, both_states(model, optimiser, epoch))


@save_checkpoint.variant
def as_a_list(path, model, optimiser, epoch):
    torch.save([torch.tensor(int(epoch)), optimiser.state_dict(), model.state_dict()], str(path))


@save_checkpoint.variant
def with_an_open_file(path, model, optimiser, epoch):
    content = {"where": {"epoch": int(epoch), "note": "after an epoch"}, "opt": optimiser.state_dict()}
    content |= {f"model.{name}": value.clone() for name, value in model.state_dict().items()}
    with open(path, "wb") as file:
        torch.save(content, file)
