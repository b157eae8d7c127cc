"""Held-out cases of `feature_maps`, known mistakes with their diagnosis, other right answers."""

import torch
from torch import nn

from autograder import exercise

from .shared import Branches, frames, with_numbers

feature_maps = exercise("feature_maps")


def quietly(feature_maps, *arguments):
    """What feature_maps returns; PyTorch records again afterwards, whatever it has done."""
    try:
        return feature_maps(*arguments)
    finally:
        torch.set_grad_enabled(True)


@feature_maps.held_out
def inside_a_network_with_branches(feature_maps):
    model, x = with_numbers(Branches()), frames("branches", (2, 2, 4, 6))
    return [quietly(feature_maps, model, x, layer) for layer in (model.left, model.right[0], model.right, model.out)]


@feature_maps.held_out
def of_whole_numbers(feature_maps):
    model = with_numbers(nn.Sequential(nn.Embedding(5, 3), nn.Tanh(), nn.Flatten(), nn.Linear(6, 2)))
    return quietly(feature_maps, model, torch.tensor([[0, 4], [2, 2], [1, 3]]), model[0])


@feature_maps.held_out
def a_picture_that_requires_a_gradient(feature_maps):
    model = with_numbers(Branches())
    maps = quietly(feature_maps, model, frames("requires", (1, 2, 5, 3)).requires_grad_(), model.left)
    return {"maps": maps.detach(), "graph": maps.requires_grad}


def listened(model, x, layer, keep=lambda given, output: output.detach().clone(), stay=False, clear=False):
    """The right way, with other things kept or left, for the mistakes below."""
    heard, mode = [], model.training
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(keep(given, output)))
    model.eval()
    try:
        with torch.no_grad():
            model(x)
    finally:
        if clear:
            layer._forward_hooks.clear()
        elif not stay:
            handle.remove()
        model.train(mode)
    return heard[0]


@feature_maps.mistake(
    "hook-left", "Your hook stays in the model: keep what register_forward_hook returns, and remove() it."
)
def hook_stays(model, x, layer):
    return listened(model, x, layer, stay=True)


@feature_maps.mistake(
    "hook-left-when-it-fails", "When the model fails, your hook stays: remove it in `finally`, the mode likewise."
)
def tidies_up_only_at_the_end(model, x, layer):
    heard, mode = [], model.training
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(output.detach().clone()))
    model.eval()
    with torch.no_grad():
        model(x)
    handle.remove()
    model.train(mode)
    return heard[0]


@feature_maps.mistake(
    "mode-left-when-it-fails", "When the model fails, its mode stays changed: put it back in `finally`, too."
)
def mode_only_at_the_end(model, x, layer):
    mode = model.training
    model.eval()
    maps = listened(model, x, layer)
    model.train(mode)
    return maps


@feature_maps.mistake("all-hooks-removed", "You removed somebody else's hooks, too. Remove your own: handle.remove().")
def clears_all(model, x, layer):
    return listened(model, x, layer, clear=True)


@feature_maps.mistake(
    "overwritten-in-place", "The ReLU after the layer wrote into what you kept: store a copy, output.detach().clone()."
)
def without_a_copy(model, x, layer):
    return listened(model, x, layer, keep=lambda given, output: output.detach())


@feature_maps.mistake("input-kept", "A hook is given (layer, inputs, output): you kept what goes in. Keep the output.")
def what_goes_in(model, x, layer):
    return listened(model, x, layer, keep=lambda given, output: given[0].detach().clone())


@feature_maps.mistake("first-picture-only", "You return the maps of the first picture. Return those of all of them.")
def of_the_first(model, x, layer):
    return listened(model, x, layer)[0]


@feature_maps.mistake(
    "mode-left", "You leave the model in evaluation mode. Put back the mode you found: model.train(mode)."
)
def left_in_evaluation(model, x, layer):
    return listened(model.eval(), x, layer)


@feature_maps.mistake("always-back-to-training", "You always end in training mode. Put back the mode you found.")
def into_training(model, x, layer):
    try:
        return listened(model, x, layer)
    finally:
        model.train()


@feature_maps.mistake(
    "eval-missing",
    "The model answers in training mode: dropout drops, batch norm moves its mean. Call model.eval() first.",
)
def in_its_mode(model, x, layer):
    heard = []
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(output.detach().clone()))
    try:
        with torch.no_grad():
            model(x)
    finally:
        handle.remove()
    return heard[0]


def recorded(model, x, layer, keep):
    """As above, but PyTorch records."""
    heard, mode = [], model.training
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(keep(output)))
    model.eval()
    try:
        model(x)
    finally:
        handle.remove()
        model.train(mode)
    return heard[0]


@feature_maps.mistake(
    "recorded", "PyTorch records gradients while the model answers: ask it inside `with torch.no_grad():`."
)
def with_a_record(model, x, layer):
    return recorded(model, x, layer, lambda output: output.detach().clone())


@feature_maps.mistake(
    "graph-kept", "The maps hang on a graph: ask inside `with torch.no_grad():`, and keep detached copies."
)
def with_a_graph(model, x, layer):
    return recorded(model, x, layer, lambda output: output.clone())


@feature_maps.mistake(
    "recording-left-off", "PyTorch doesn't record any more afterwards. `with torch.no_grad():` ends by itself."
)
def off_for_good(model, x, layer):
    torch.set_grad_enabled(False)
    return recorded(model, x, layer, lambda output: output.detach().clone())


@feature_maps.mistake("scores-returned", "These are the model's scores. Return what your hook has kept.")
def the_scores(model, x, layer):
    mode = model.training
    model.eval()
    try:
        with torch.no_grad():
            return model(x).clone()
    finally:
        model.train(mode)


@feature_maps.mistake(
    "layer-called-with-x", "x goes into the model, not into the layer, which gets what those before it make."
)
def the_layer_alone(model, x, layer):
    mode = model.training
    model.eval()
    try:
        with torch.no_grad():
            maps = layer(x).clone()
            model(x)
            return maps
    finally:
        model.train(mode)


@feature_maps.mistake("list-returned", "That is your list. Return the tensor in it: heard[0].")
def the_list(model, x, layer):
    return [listened(model, x, layer)]


@feature_maps.mistake("removed-too-early", "Your hook is removed before the model is asked, so it hears nothing.")
def hears_nothing(model, x, layer):
    heard, mode = [], model.training
    layer.register_forward_hook(lambda layer, given, output: heard.append(output.detach().clone())).remove()
    model.eval()
    try:
        with torch.no_grad():
            model(x)
    finally:
        model.train(mode)
    return heard[0]


@feature_maps.mistake("return-missing", "The maps are kept, but not returned.")
def says_nothing(model, x, layer):
    listened(model, x, layer)


@feature_maps.variant
def by_a_class_of_hooks(model, x, layer):
    kept = {}

    def hook(module, given, output):
        kept["maps"] = output.detach().numpy().copy()

    training = {module: module.training for module in model.modules()}
    handle = layer.register_forward_hook(hook)
    try:
        model.train(False)
        with torch.set_grad_enabled(False):
            model(x)
    finally:
        handle.remove()
        for module, was in training.items():
            module.training = was
    return torch.from_numpy(kept["maps"])


@feature_maps.variant
def by_another_forward(model, x, layer):
    kept, usual, was = [], layer.forward, model.training

    def forward(*given):
        output = usual(*given)
        kept.append(output.clone())
        return output

    layer.forward = forward
    try:
        with torch.inference_mode():
            model.eval()(x)
    finally:
        del layer.forward
        model.train(was)
    return kept[-1].clone()


feature_maps.equivalent(
    "L4 dropped function output.detach()→output", "Nothing is recorded, so there is no graph to leave."
)
feature_maps.equivalent("L13 constant 0→-1", "A layer that is called once is heard once.")
