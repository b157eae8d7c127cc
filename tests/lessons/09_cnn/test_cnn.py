"""Lesson 9: its reference solutions against torch, finite differences and brute force, and what its text claims."""

import re
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import ndimage
from torch import nn

from autograder import inputs, integer_inputs

LESSON = "09_cnn"


def tensor(name, shape):
    return torch.tensor(inputs(name, shape))


def filled(model, name):
    """The model in float64 with parameters, and running statistics, from outside."""
    model = model.double()
    with torch.no_grad():
        for key, values in (*model.named_parameters(), *model.named_buffers()):
            if values.is_floating_point():
                low = 0.5 if key.endswith("running_var") else -1.0
                values.copy_(torch.tensor(inputs(f"{name} {key}", tuple(values.shape), low, 1.5)))
    return model


# --- an independent oracle for each exercise ----------------------------------------------------------------------


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 7))
def test_conv_parameters_counts_those_of_torch(solved, c_in, c_out, k):
    layer = nn.Conv2d(c_in, c_out, k)
    assert solved.conv_parameters(c_in, c_out, k) == sum(parameter.numel() for parameter in layer.parameters())


def test_the_network_of_the_recipe_computes_what_its_table_says(solved):
    """Step by step, with the functions of torch, in float64."""
    model = filled(solved.ConvNet(), "recipe").eval()
    state, X = dict(model.state_dict()), tensor("recipe X", (3, 1, 28, 28))
    A = X
    for i in (0, 4, 8):
        conv, norm = f"features.{i}", f"features.{i + 1}"
        A = nn.functional.conv2d(A, state[f"{conv}.weight"], state[f"{conv}.bias"], padding=1)
        mean, var = (state[f"{norm}.running_{part}"][:, None, None] for part in ("mean", "var"))
        A = (A - mean) / torch.sqrt(var + 1e-5) * state[f"{norm}.weight"][:, None, None]
        A = torch.clamp(A + state[f"{norm}.bias"][:, None, None], min=0)
        A = A if i == 8 else A.unfold(2, 2, 2).unfold(3, 2, 2).amax(dim=(4, 5))
    scores = A.reshape(3, -1) @ state["classifier.weight"].T + state["classifier.bias"]
    assert torch.allclose(model(X), scores, rtol=1e-10)


STACKS = st.lists(st.integers(1, 4).flatmap(lambda k: st.tuples(st.just(k), st.integers(1, min(k, 3)))), max_size=4)


@settings(deadline=None)
@given(STACKS)
def test_receptive_field_is_the_number_of_pixels_that_autograd_finds(solved, layers):
    field = solved.receptive_field(layers)
    assume(field <= 60)
    x = torch.zeros(1, 1, field + 40, dtype=torch.float64, requires_grad=True)
    maps = x
    for kernel, stride in layers:
        maps = nn.functional.conv1d(maps, torch.ones(1, 1, kernel, dtype=torch.float64), stride=stride)
    (gradient,) = torch.autograd.grad(maps[0, 0, 0], x)
    assert int((gradient != 0).sum()) == field


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 3), st.integers(2, 7), st.integers(2, 7), st.integers(0, 6), st.booleans(), st.integers(0, 9))
def test_augment_moves_as_scipy_does(solved, c, h, w, max_shift, flip, seed):
    assume(max_shift < min(h, w))
    images = inputs("oracle augment", (8, c, h, w), 0.5, 2)
    results = solved.augment(images, np.random.default_rng(seed), max_shift, flip)
    steps = range(-max_shift, max_shift + 1)
    for image, result in zip(images, results, strict=True):
        candidates = [image, image[:, :, ::-1]] if flip else [image]
        moved = [ndimage.shift(each, (0, d, r), order=0) for each in candidates for d in steps for r in steps]
        assert any(np.array_equal(each, result) for each in moved)


def test_augment_draws_every_shift_and_every_mirror_equally_often(solved):
    image = np.arange(1.0, 31).reshape(1, 1, 5, 6)
    results = solved.augment(np.repeat(image, 6000, axis=0), np.random.default_rng(0), 1, True)
    _, counts = np.unique(results.reshape(6000, -1), axis=0, return_counts=True)
    assert len(counts) == 18
    assert counts.min() > 6000 / 18 * 0.75 and counts.max() < 6000 / 18 * 1.25


def test_train_cnn_does_the_steps_of_adam_and_one_cycle(solved):
    """Without chance (no shift is left, one portion), against Adam written out."""
    images, labels = inputs("oracle train", (20, 1, 2, 3), 0, 1).astype(np.float32), integer_inputs("oracle y", 20, 3)
    model = filled(nn.Sequential(nn.Flatten(), nn.Linear(6, 3)), "oracle train")
    W, b = (parameter.detach().clone().requires_grad_() for parameter in model[1].parameters())

    class Straight(nn.Module):
        """Sees to it that pictures aren't moved: it asks the model about the pictures that these came from."""

        def __init__(self):
            super().__init__()
            self.inner = model

        def forward(self, X):
            return self.inner(torch.tensor(images[np.random.default_rng(4).permutation(20)]).double() + 0 * X.sum())

    losses = solved.train_cnn(Straight(), images, labels, range(1), np.random.default_rng(4))
    order = np.random.default_rng(4).permutation(20)
    X, y = torch.tensor(images[order]).double().flatten(1), torch.tensor(labels[order])
    loss = nn.functional.cross_entropy(X @ W.T + b, y)
    dW, db = torch.autograd.grad(loss, (W, b))
    rate = torch.optim.lr_scheduler.OneCycleLR(torch.optim.SGD([W], lr=1), 0.01, total_steps=1).get_last_lr()[0]
    assert losses == [pytest.approx(loss.item())]
    for parameter, start, slope in zip(model[1].parameters(), (W, b), (dW, db), strict=True):
        assert torch.allclose(parameter, start - rate * slope / (slope.abs() + 1e-8), rtol=1e-6)


def test_feature_maps_are_what_the_first_layers_alone_compute(solved):
    layers = [nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Conv2d(3, 2, 2)]
    model, x = filled(nn.Sequential(*layers), "oracle maps").train(), tensor("oracle maps x", (2, 2, 6, 5))
    for depth, layer in enumerate(model, start=1):
        maps = solved.feature_maps(model, x, layer)
        assert model.training and not maps.requires_grad
        alone = x
        for each in layers[:depth]:
            alone = each.eval()(alone.clone())
        model.train()
        assert torch.allclose(maps, alone.detach(), rtol=1e-12)


def small_network(name):
    """Scores of three classes for (n, 2, 5, 6), smooth everywhere; its maps are those after the second layer."""
    layers = [nn.Conv2d(2, 4, 3, stride=2), nn.Tanh(), nn.Flatten(), nn.Linear(16, 5), nn.Softplus(), nn.Linear(5, 3)]
    return filled(nn.Sequential(*layers), name).eval()


def score(model, x, label):
    with torch.no_grad():
        return model(x)[torch.arange(len(x)), label]


@pytest.mark.parametrize("label", [1, torch.tensor([2, 0])])
def test_saliency_agrees_with_finite_differences(solved, label):
    model, x, h = small_network("oracle saliency"), tensor("oracle saliency x", (2, 2, 5, 6)), 1e-6
    slopes = torch.zeros_like(x)
    for place in np.ndindex(2, 5, 6):
        nudge = torch.zeros_like(x)
        nudge[(slice(None), *place)] = h
        slopes[(slice(None), *place)] = (score(model, x + nudge, label) - score(model, x - nudge, label)) / (2 * h)
    largest = torch.maximum(slopes[:, 0].abs(), slopes[:, 1].abs())
    assert torch.allclose(solved.saliency(model, x, label), largest, rtol=1e-6, atol=1e-8)


def stretched(values, size):
    """A map (h', w') enlarged to `size`, pixel by pixel: bilinear between the middles of its places."""
    result = np.zeros(size)
    for y, x in np.ndindex(size):
        at = [(i + 0.5) * old / new - 0.5 for i, old, new in zip((y, x), values.shape, size, strict=True)]
        at = [min(max(a, 0), old - 1) for a, old in zip(at, values.shape, strict=True)]
        (top, left), (down, right) = (int(at[0]), int(at[1])), (at[0] % 1, at[1] % 1)
        bottom, end = min(top + 1, values.shape[0] - 1), min(left + 1, values.shape[1] - 1)
        upper = (1 - right) * values[top, left] + right * values[top, end]
        lower = (1 - right) * values[bottom, left] + right * values[bottom, end]
        result[y, x] = (1 - down) * upper + down * lower
    return result


@pytest.mark.parametrize("label", [0, torch.tensor([2, 1, 0])])
def test_grad_cam_is_that_of_loops_and_finite_differences(solved, label):
    model, x, h = small_network("oracle cam"), tensor("oracle cam x", (3, 2, 5, 6)), 1e-6
    with torch.no_grad():
        maps = model[:2](x)
    expected, spoken = [], 0
    for i, wanted in enumerate(torch.as_tensor(label).expand(3).tolist()):
        weights = np.zeros(4)
        for channel, *place in np.ndindex(4, *maps.shape[2:]):
            nudge = torch.zeros_like(maps[i : i + 1])
            nudge[(0, channel, *place)] = h
            up, down = (score(model[2:], maps[i : i + 1] + sign * nudge, wanted).item() for sign in (1, -1))
            weights[channel] += (up - down) / (2 * h) / maps[0, 0].numel()
        cam = stretched(np.maximum(np.tensordot(weights, maps[i].numpy(), axes=1), 0), (5, 6))
        spoken += cam.max() > 0
        expected.append(cam / cam.max() if cam.max() > 0 else cam)
    assert spoken
    assert np.allclose(solved.grad_cam(model, x, label, model[1]), expected, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("shape", [(2, 3, 7, 5), (1, 2, 4, 9)])
def test_grad_cam_of_a_layer_before_a_weighted_sum_is_worked_out_from_its_weights(solved, shape):
    """After the layer the network is linear, so the gradients are its weights."""
    _, c, h, w = shape
    model = filled(nn.Sequential(nn.Identity(), nn.Flatten(), nn.Linear(c * h * w, 4)), f"linear {shape}")
    x = tensor(f"linear x {shape}", shape)
    alpha = model[2].weight.detach()[3].reshape(c, -1).mean(dim=1)
    cam = torch.relu(sum(alpha[a] * x[:, a] for a in range(c)))
    largest = cam.flatten(1).max(dim=1).values[:, None, None]
    assert (largest > 0).all()
    assert torch.allclose(solved.grad_cam(model, x, 3, model[0]), cam / largest, rtol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_occlusion_of_a_weighted_sum_is_the_sum_of_what_is_covered(solved, size):
    model = filled(nn.Sequential(nn.Flatten(), nn.Linear(2 * 4 * 6, 3)), "occlusion")
    x, label = tensor("occlusion x", (2, 2, 4, 6)), torch.tensor([2, 0])
    share = (x * model[1].weight.detach()[label].reshape(2, 2, 4, 6)).sum(dim=1)
    falls = solved.occlusion(model, x, label, size)
    assert falls.shape == (2, 5 - size, 7 - size)
    for top, left in np.ndindex(5 - size, 7 - size):
        covered = share[:, top : top + size, left : left + size].sum(dim=(1, 2))
        assert torch.allclose(falls[:, top, left], covered, rtol=1e-12)


# --- what the text works out --------------------------------------------------------------------------------------


def parameters_of(layer):
    return sum(parameter.numel() for parameter in layer.parameters())


def layers_with_parameters(s):
    return [
        parameters_of(layer) for layer in s.ConvNet().modules() if not list(layer.children()) and parameters_of(layer)
    ]


def table_of_fields(s):
    """r and j as in the text, r by the function itself and j by how r grows with another window of two."""
    stack = [(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)]
    fields = [s.receptive_field(stack[:depth]) for depth in range(6)]
    jumps = [s.receptive_field([*stack[:depth], (2, 1)]) - fields[depth] for depth in range(6)]
    return fields, jumps


def cam_by_hand(s):
    model = nn.Sequential(nn.Identity(), nn.Flatten(), nn.Linear(4, 1)).double()
    with torch.no_grad():
        model[2].weight.copy_(torch.tensor([[0.5, 1.5, -1.0, 0.0]]))
    maps = torch.tensor([[[[1.0, 4.0]], [[2.0, 1.0]]]], dtype=torch.float64)
    return s.grad_cam(model, maps, 0, model[0]).ravel()


def saliency_by_hand(s):
    model = nn.Sequential(nn.Flatten(), nn.Linear(2, 1)).double()
    with torch.no_grad():
        model[1].weight.copy_(torch.tensor([[2.0, -3.0]]))
        model[1].bias.fill_(1.0)
    return s.saliency(model, tensor("by hand", (1, 1, 1, 2)), 0).ravel()


def saliency_of_the_sure(s):
    """By how much the saliency of the loss is smaller than that of the score, where the network is sure."""
    model, x = small_network("sure"), tensor("sure x", (1, 2, 5, 6)).requires_grad_()
    with torch.no_grad():
        model[5].weight.mul_(30)
    best = model(x).argmax(dim=1)
    (of_loss,) = torch.autograd.grad(nn.functional.cross_entropy(model(x), best), x)
    return float(of_loss.abs().max() / s.saliency(model, x, best).max())


BY_HAND = {
    "16 · (3 · 25 + 1) = 1216": (lambda s: s.conv_parameters(3, 16, 5), 1216),
    "| conv 3 × 3, 16 filters, padding 1 | (n, 16, 28, 28) | 160 |": (lambda s: s.conv_parameters(1, 16, 3), 160),
    "| conv 3 × 3, 32 filters, padding 1 | (n, 32, 14, 14) | 4640 |": (lambda s: s.conv_parameters(16, 32, 3), 4640),
    "| conv 3 × 3, 64 filters, padding 1 | (n, 64, 7, 7) | 18 496 |": (lambda s: s.conv_parameters(32, 64, 3), 18_496),
    "| batch norm (a scale and a shift per channel), ReLU | (n, 16, 28, 28) | 32 |": (
        lambda s: layers_with_parameters(s),
        [160, 32, 4640, 64, 18_496, 128, 31_370],
    ),
    "| dense | (n, 10) | 31 370 |": (lambda s: 3136 * 10 + 10, 31_370),
    "At the end 3136 numbers": (lambda s: s.ConvNet().classifier.in_features, 64 * 7 * 7),
    "conv         (3, 1)           10 + 2 · 4 = 18         4": (lambda s: table_of_fields(s)[0], [1, 3, 4, 8, 10, 18]),
    "pool         (2, 2)           8 + 1 · 2 = 10          4": (lambda s: table_of_fields(s)[1], [1, 1, 2, 2, 4, 4]),
    "divided by the largest value (0, 1)": (cam_by_hand, [0, 1]),
    "So α = (1, −0.5), the sum is 1·(1, 4) − 0.5·(2, 1) = (0, 3.5)": (
        lambda s: np.tensordot([(0.5 + 1.5) / 2, (-1 + 0) / 2], [[1, 4], [2, 1]], axes=1),
        [0, 3.5],
    ),
    "The saliency of the two pixels is (2, 3), whatever the picture": (saliency_by_hand, [2, 3]),
    "2 · 9 · c² = 18c² against 25c²": (
        lambda s: [2 * (s.conv_parameters(7, 7, 3) - 7), s.conv_parameters(7, 7, 5) - 7],
        [18 * 49, 25 * 49],
    ),
    "have the receptive field of one of 5 × 5": (
        lambda s: [s.receptive_field([(3, 1), (3, 1)]), s.receptive_field([(5, 1)])],
        [5, 5],
    ),
    "the loss is almost 0 and so are all its gradients": (saliency_of_the_sure, 0),
}


@pytest.mark.parametrize("said", BY_HAND)
def test_what_the_text_works_out_by_hand_is_what_the_code_computes(solved, said):
    compute, number = BY_HAND[said]
    assert said in solved.source
    assert np.allclose(np.asarray(compute(solved), dtype=float), number, rtol=0, atol=1e-3)


def test_the_shapes_of_the_network_are_those_of_its_table(solved):
    model, x = solved.ConvNet(), torch.zeros(5, 1, 28, 28)
    shapes = [tuple(solved.feature_maps(model, x, layer).shape[1:]) for layer in model.features]
    rows = re.findall(
        r"^\| (?:conv|batch norm|max pool)[^|]*\| \(n, (\d+), (\d+), (\d+)\)", solved.source, re.MULTILINE
    )
    table = [tuple(map(int, row)) for row in rows]
    assert [shape for shape, after in pairwise([*shapes, None]) if shape != after] == [
        shape for shape, after in pairwise([*table, None]) if shape != after
    ]


def test_the_convolution_of_lesson_8_is_that_of_torch(demo):
    (difference,) = re.findall(r"largest difference (\S+)", demo("largest difference")[0])
    assert float(difference) < 1e-12


def test_the_network_has_54_890_parameters(demo):
    printed, _ = demo("model = ConvNet()")
    assert printed.splitlines() == ["54,890 parameters", "torch.Size([5, 10])"]


def test_autograd_sees_as_many_pixels_as_the_receptive_field_says(demo):
    _, names = demo("steps += ")
    titles = [ax.get_title() for ax in names["axes"]]
    assert [[int(number) for number in re.findall(r"\d+", title)] for title in titles] == [
        [1, 3, 3],
        [3, 8, 8],
        [5, 18, 18],
    ]
