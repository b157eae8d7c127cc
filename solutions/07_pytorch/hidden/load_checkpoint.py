"""Held-out cases of `load_checkpoint`, known mistakes with their diagnosis, other right answers."""

import tempfile
from pathlib import Path

import torch

from autograder import exercise

from .shared import empty, go_on, normed

load_checkpoint = exercise("load_checkpoint")


def step_by_step(save_checkpoint, load_checkpoint, make, at):
    """How far a run that was interrupted after `at` of 6 steps is from one that wasn't, and what came back."""
    whole = normed()
    losses = go_on(whole, make(whole.parameters(), lr=0.03), 0, 6)
    with tempfile.TemporaryDirectory() as folder:
        model, fresh = normed(), empty()
        optimiser, fresh_optimiser = make(model.parameters(), lr=0.03), make(fresh.parameters(), lr=0.5)
        first = go_on(model, optimiser, 0, at)
        save_checkpoint(str(Path(folder) / "run"), model, optimiser, at)
        go_on(model, optimiser, at, 6)
        epoch = load_checkpoint(str(Path(folder) / "run"), fresh, fresh_optimiser)
        resumed = first + go_on(fresh, fresh_optimiser, at, 6)
    steps_alike = [a == b for a, b in zip(losses, resumed, strict=True)]
    same = all(torch.equal(a, b) for a, b in zip(whole.state_dict().values(), fresh.state_dict().values(), strict=True))
    return {"steps alike": steps_alike, "end alike": same, "epoch": epoch, "is an int": isinstance(epoch, int)}


@load_checkpoint.held_out
def as_if_uninterrupted_with_adamw(save_checkpoint, load_checkpoint):
    return step_by_step(save_checkpoint, load_checkpoint, torch.optim.AdamW, 4)


def nesterov(parameters, lr):
    """Gradient descent with Nesterov's momentum."""
    return torch.optim.SGD(parameters, lr=lr, momentum=0.7, nesterov=True, weight_decay=0.01)


@load_checkpoint.held_out
def as_if_uninterrupted_with_nesterov(save_checkpoint, load_checkpoint):
    return step_by_step(save_checkpoint, load_checkpoint, nesterov, 2)


@load_checkpoint.held_out
def saved_before_the_first_step(save_checkpoint, load_checkpoint):
    return step_by_step(save_checkpoint, load_checkpoint, torch.optim.Adam, 0)


@load_checkpoint.held_out
def loaded_twice_from_one_file(save_checkpoint, load_checkpoint):
    model = normed()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.03)
    go_on(model, optimiser, 0, 2)
    losses = []
    with tempfile.TemporaryDirectory() as folder:
        save_checkpoint(Path(folder) / "run.pt", model, optimiser, 2)
        for _ in range(2):
            load_checkpoint(Path(folder) / "run.pt", model, optimiser)
            losses.append(go_on(model, optimiser, 2, 4))
    return losses


def restored(path, model, optimiser, weights_only=True):
    """What the file holds, after both have taken their part, for the mistakes below."""
    content = torch.load(path, weights_only=weights_only)
    if model is not None:
        model.load_state_dict(content["model"])
    if optimiser is not None:
        optimiser.load_state_dict(content["optimiser"])
    return content


@load_checkpoint.mistake(
    "optimiser-not-restored",
    "The optimiser you were handed starts anew. Load its state into it with load_state_dict, without making another.",
)
def optimiser_forgotten(path, model, optimiser):
    return restored(path, model, None)["epoch"]


@load_checkpoint.mistake(
    "own-adam",
    "You load into an Adam of your own. Load into the optimiser you were handed, whatever its kind: "
    "optimiser.load_state_dict(…).",
)
def into_an_adam_of_ones_own(path, model, optimiser):
    return restored(path, model, torch.optim.Adam(model.parameters()))["epoch"]


@load_checkpoint.mistake(
    "model-not-restored",
    "The model you were handed keeps its own weights: load its state into it, without making another.",
)
def model_forgotten(path, model, optimiser):
    return restored(path, None, optimiser)["epoch"]


@load_checkpoint.mistake(
    "nothing-restored", "Neither model nor optimiser takes over anything: both have load_state_dict(…)."
)
def only_read(path, model, optimiser):
    return restored(path, None, None)["epoch"]


@load_checkpoint.mistake(
    "code-may-run", "Your load runs programs hidden in the file. Read with torch.load(path, weights_only=True)."
)
def trusting(path, model, optimiser):
    return restored(path, model, optimiser, weights_only=False)["epoch"]


@load_checkpoint.mistake(
    "epoch-plus-1", "Return the epoch that was saved. Whoever goes on starts with the next one by himself."
)
def the_next_epoch(path, model, optimiser):
    return restored(path, model, optimiser)["epoch"] + 1


@load_checkpoint.mistake("return-missing", "Everything is restored. Return the epoch, too.")
def no_epoch(path, model, optimiser):
    restored(path, model, optimiser)


@load_checkpoint.mistake("everything-returned", "You return all that the file holds. Return the epoch only.")
def whole_content(path, model, optimiser):
    restored(path, model, optimiser)
    return {"epoch": torch.load(path, weights_only=True)["epoch"]}


@load_checkpoint.mistake("objects-returned", "Return the epoch alone: model and optimiser were changed in place.")
def as_a_triple(path, model, optimiser):
    epoch = restored(path, model, optimiser)["epoch"]
    return "model", "optimiser", epoch


@load_checkpoint.mistake(
    "memory-lost", "The settings of the optimiser come back, but not its memory: use optimiser.load_state_dict."
)
def settings_restored(path, model, optimiser):
    content = restored(path, model, None)
    optimiser.load_state_dict({**content["optimiser"], "state": {}})
    return content["epoch"]


@load_checkpoint.mistake(
    "settings-lost", "The optimiser's memory comes back, but not its learning rate: use optimiser.load_state_dict."
)
def memory_restored(path, model, optimiser):
    rates = [group["lr"] for group in optimiser.param_groups]
    content = restored(path, model, optimiser)
    for group, rate in zip(optimiser.param_groups, rates, strict=True):
        group["lr"] = rate
    return content["epoch"]


@load_checkpoint.mistake(
    "buffers-lost",
    "Only the parameters come back, not the buffers, such as batch norm's running mean: use model.load_state_dict.",
)
def parameters_restored(path, model, optimiser):
    content = restored(path, None, optimiser)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(content["model"][name])
    return content["epoch"]


@load_checkpoint.mistake("epoch-as-text", "The epoch comes back as a text. Return the number as it is.")
def as_text(path, model, optimiser):
    return str(restored(path, model, optimiser)["epoch"])


@load_checkpoint.mistake("epoch-counted-anew", "You return 0. The epoch is in the file.")
def from_zero(path, model, optimiser):
    restored(path, model, optimiser)
    return 0


@load_checkpoint.variant
def optimiser_first(path, model, optimiser):
    with open(path, "rb") as file:
        kept = torch.load(file, map_location="cpu", weights_only=True)
    optimiser.load_state_dict(kept["optimiser"])
    model.load_state_dict(kept["model"], strict=True)
    return int(kept["epoch"])


@load_checkpoint.variant
def entry_by_entry(path, model, optimiser):
    kept = torch.load(str(path), weights_only=True)
    own = model.state_dict()
    for name, value in kept["model"].items():
        own[name].copy_(value)
    optimiser.load_state_dict(kept.pop("optimiser"))
    return kept.pop("epoch")


load_checkpoint.equivalent("L2 dropped keyword weights_only=True", "It is the default from PyTorch 2.6 on.")
