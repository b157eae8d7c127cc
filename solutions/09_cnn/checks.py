"""What is asked of each exercise of lesson 09, and its hints."""

import copy
import functools

import numpy as np
import torch
from torch import nn

from autograder import exercise, inputs, inputs_after, labels_right, reduced

# --- what a judge makes of what comes out -------------------------------------------------------------------------


def type_name(value):
    """The name of the type that a value had before it came here."""
    return getattr(value, "type_name", type(value).__name__)


def type_of_numbers(array):
    """The type of an array's or a tensor's numbers, as NumPy or PyTorch writes it; of anything else its own type."""
    if isinstance(array, np.ndarray):
        return str(array.dtype)
    return f"torch.{array.array.dtype}" if type_name(array) == "Tensor" else type_name(array)


def of_tensor(meaning):
    """A judge of a tensor by what `meaning` makes of its numbers. What is none, or complex, stays what it is."""

    @np.errstate(all="ignore")
    def of_numbers(got):
        numbers = getattr(got, "array", None)
        return got if numbers is None or numbers.dtype.kind == "c" else meaning(numbers)

    return reduced(of_numbers)


# --- conv_parameters ----------------------------------------------------------------------------------------------

conv_parameters = exercise(
    "conv_parameters",
    points=1,
    returns="a whole number",
    hints=[
        "How many weights does a single filter have, when each channel that it reads has its own slice? And how many "
        "biases?",
        "One filter: c_in · k · k weights and 1 bias. There are c_out of them.",
        "Multiply the channels by the area of the kernel, add 1 for the bias, and multiply that by the number of "
        "filters.",
    ],
)


@conv_parameters.case
def the_layer_of_the_text(conv_parameters):
    """3 channels, 16 filters, k = 5: 16 · (3 · 25 + 1) = 1216."""
    return conv_parameters(3, 16, 5)


@conv_parameters.case
def the_layers_of_the_recipe(conv_parameters):
    """k = 3, from 1 channel to 16, from 16 to 32, from 32 to 64."""
    return [conv_parameters(*layer) for layer in [(1, 16, 3), (16, 32, 3), (32, 64, 3)]]


@conv_parameters.case
def fewer_filters_than_channels(conv_parameters):
    """7 channels, 2 filters, k = 4."""
    return conv_parameters(7, 2, 4)


@conv_parameters.case
def a_window_of_one_pixel(conv_parameters):
    """5 channels, 3 filters, k = 1."""
    return conv_parameters(5, 3, 1)


def is_whole(number):
    """Whether it is an int, of Python or NumPy."""
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


@conv_parameters.case
def it_is_an_int(conv_parameters):
    """Whether what comes back for 2 channels, 4 filters, k = 3 is an int: such as 76, not 76.0."""
    return {"an int": is_whole(conv_parameters(2, 4, 3))}


# --- ConvNet ------------------------------------------------------------------------------------------------------

ConvNet = exercise(
    "ConvNet",
    points=3,
    returns="one row of ten scores per picture: (n, 10)",
    hints=[
        "Which layers of nn are the rows of the table? And how many numbers does one picture have left, when it comes "
        "to the dense layer?",
        "nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2); twice more with 32 and 64 "
        "filters, the last time without pooling; then nn.Linear(64 · 7 · 7, 10).",
        "After super().__init__() put the layers of the table into an nn.Sequential, and assign it and the dense layer "
        "to self. forward sends X through the first, flattens from axis 1 on, and returns the scores of the second.",
    ],
)


def digits_of(name, n):
    """Pictures (n, 1, 28, 28), float32, with brightness from 0 to 1."""
    return torch.tensor(inputs(name, (n, 1, 28, 28), 0, 1), dtype=torch.float32)


def with_weights(model):
    """The model, its parameters from outside, so large that all it computes is far from 0."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = inputs(f"{name} {tuple(parameter.shape)}", tuple(parameter.shape))
            parameter.copy_(torch.as_tensor(values, dtype=parameter.dtype))
    return model


def shape_and_type(scores):
    return {"shape": scores.shape, "type": f"torch.{scores.dtype}"}


@ConvNet.case(judge=of_tensor(shape_and_type))
def three_pictures(ConvNet):
    """Shape and type of the scores of three pictures."""
    return ConvNet()(digits_of("three", 3))


@ConvNet.case(judge=of_tensor(lambda scores: {"shape": scores.shape}))
def a_single_picture(ConvNet):
    """The shape of the scores of one picture, in evaluation mode: still one row of ten."""
    return ConvNet().eval()(digits_of("one", 1))


def sizes_of_layers(found):
    """Whether there are convolutions enough, and parameters not too many."""
    convolutions, parameters = (found.get(name) for name in ("convolutions", "parameters"))
    return {
        "at least two nn.Conv2d": len(convolutions) >= 2,
        "at most 210 000 parameters": sum(int(np.prod(shape)) for shape in parameters) <= 210_000,
    }


def are_shapes(shapes):
    """Whether this is a list of shapes."""
    sizes = [size for shape in shapes if isinstance(shape, tuple) for size in shape] if isinstance(shapes, list) else []
    every = isinstance(shapes, list) and all(isinstance(shape, tuple) for shape in shapes)
    return every and all(type(size) is int and 0 < size < 10**6 for size in sizes)


def layers_asked_for(found):
    both = [found.get(name) for name in ("convolutions", "parameters")] if isinstance(found, dict) else [None]
    return sizes_of_layers(found) if all(map(are_shapes, both)) else found


@ConvNet.case(judge=reduced(layers_asked_for))
def its_layers(ConvNet):
    """At least two layers nn.Conv2d, among what is assigned to self, and at most 210 000 parameters."""
    model = ConvNet()
    convolutions = [layer.weight for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    each = {"convolutions": convolutions, "parameters": list(model.parameters())}
    return {name: [tuple(one.shape) for one in those] for name, those in each.items()}


def gradients_there(sizes):
    """Whether there are parameters, and how many of them have no gradient."""
    if not isinstance(sizes, list):
        return sizes
    return {"parameters": "some" if sizes else "none", "without a gradient": sum(size is None for size in sizes)}


@ConvNet.case(judge=reduced(gradients_there), after=["three_pictures"])
def all_parameters_can_be_trained(ConvNet):
    """After a call of backward() every parameter has a gradient."""
    model = ConvNet().train()
    scores = model(digits_of("trained", 4))
    if scores.requires_grad:
        (scores * torch.tensor(inputs("upstream", (4, 10)), dtype=scores.dtype)).sum().backward()
    return [None if p.grad is None else float(p.grad.abs().sum()) for p in model.parameters()]


def look_of_scores(scores):
    """What scores look like that nothing was done to."""
    if scores.shape != (8, 10):
        return {"shape": scores.shape}
    highest, lowest = float(scores.max()), float(scores.min())
    sums = scores.max(axis=1) + np.log(np.exp(scores - scores.max(axis=1, keepdims=True)).sum(axis=1))
    return {
        "some are below 0": lowest < 0,
        "some are far above 0": highest > 2,
        "some are far below 0": lowest < -2 and -lowest > highest / 20,
        "a row adds up to 1": bool((abs(scores.sum(axis=1) - 1) < 1e-4).all()),
        "a column adds up to 1": bool((abs(scores.sum(axis=0) - 1) < 1e-4).all()),
        "e to the scores adds up to 1": bool((abs(sums) < 1e-3).all()),
    }


@ConvNet.case(judge=of_tensor(lambda scores: look_of_scores(scores.astype(float))), after=["three_pictures"])
def raw_scores(ConvNet):
    """With large weights from outside: the scores of 8 pictures, as they come from the last layer. Some are far above
    0, some far below, and they are no probabilities, nor logarithms of such."""
    return with_weights(ConvNet()).eval()(digits_of("raw", 8)).detach().double()


def average_pool(X, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    """Stands in for max pooling where a network's bends are looked for: it has none."""
    return nn.functional.avg_pool2d(X, kernel_size, stride, padding, ceil_mode)


def last_maps(model, X):
    """What the last convolution that is called puts out for X, with averages in place of maxima; all as float64."""
    heard = []
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d)]
    handles = [layer.register_forward_hook(lambda layer, given, out: heard.append(out)) for layer in layers]
    usual, nn.functional.max_pool2d = nn.functional.max_pool2d, average_pool
    try:
        scores = model(X)
    finally:
        nn.functional.max_pool2d = usual
        for handle in handles:
            handle.remove()
    return (heard[-1] if heard else scores).detach().double()


def some_of(maps):
    """About 60 numbers of a layer's maps."""
    numbers = maps.flatten()
    return numbers[:: max(1, len(numbers) // 60)]


def bends(maps):
    """Whether the maps of a sum of pictures are others than the sum of the maps."""
    if maps.ndim != 2 or len(maps) != 4 or not maps.size:
        return {"shape": maps.shape}
    of_sum, a, b, black = maps.astype(float)
    straight = a + b - black
    return {"something bends": bool(abs(of_sum - straight).max() / abs(straight).max() > 1e-3)}


@ConvNet.case(judge=of_tensor(bends), after=["three_pictures"])
def an_activation_between_the_convolutions(ConvNet):
    """With large weights from outside: is the last convolution's output for a + b, plus that for a black picture, just
    the sum of those for a and for b? So it is where nothing bends. (Max pooling, which is no activation, is put aside.)
    """
    model = with_weights(ConvNet()).eval()
    a, b = digits_of("bend a", 3), digits_of("bend b", 3)
    return torch.stack([some_of(last_maps(model, each)) for each in (a + b, a, b, torch.zeros_like(a))])


def each_alike(scores):
    """Whether four pictures have the same scores alone, and when asked again."""
    if scores.shape != (3, 4, 10):
        return {"shape": scores.shape}
    together, again, alone = scores.astype(float)
    unit = abs(together).max() + 1e-9
    return {
        "as among others": bool(abs(alone - together).max() < 1e-3 * unit),
        "the same again": bool(abs(again - together).max() < 1e-3 * unit),
    }


@ConvNet.case(judge=of_tensor(each_alike), after=["three_pictures"])
def each_picture_by_itself(ConvNet):
    """In evaluation mode a picture has the same scores alone as among others, and the same when asked again."""
    model = with_weights(ConvNet()).eval()
    X = digits_of("alone", 4)
    together, again = model(X).detach(), model(X).detach()
    alone = torch.cat([model(X[i : i + 1]).detach().reshape(1, -1) for i in range(4)])
    return torch.stack([together, again, alone])


# --- receptive_field ----------------------------------------------------------------------------------------------

receptive_field = exercise(
    "receptive_field",
    points=2,
    returns="a whole number",
    hints=[
        "Two neighbours of a layer: how many pixels apart are they? And how many neighbours does the next window reach "
        "beyond the first?",
        "r and j start at 1. Per layer, in this order: r += (k − 1) · j, then j *= stride.",
        "Keep field and jump, both 1. For each pair, add (kernel − 1) times the jump to the field, then multiply the "
        "jump by the stride. Return the field.",
    ],
)

RECIPE = [(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)]


@receptive_field.case
def the_table_of_the_text(receptive_field):
    """conv, pool, conv, pool, conv; layer by layer: 3, 4, 8, 10, 18."""
    return [receptive_field(RECIPE[:depth]) for depth in range(1, 6)]


@receptive_field.case
def three_different_strides(receptive_field):
    """(5, 2), (3, 3), (4, 2), (3, 1)."""
    return receptive_field([(5, 2), (3, 3), (4, 2), (3, 1)])


@receptive_field.case
def a_single_layer_with_a_stride(receptive_field):
    """(7, 4): its own stride makes no difference to itself."""
    return receptive_field([(7, 4)])


@receptive_field.case
def the_picture_itself(receptive_field):
    """No layers: a pixel knows itself."""
    return receptive_field([])


@receptive_field.case
def pooling_first(receptive_field):
    """(2, 2), (2, 2), (3, 1), and the last two the other way round."""
    return [receptive_field([(2, 2), (2, 2), (3, 1)]), receptive_field([(2, 2), (3, 1), (2, 2)])]


@receptive_field.case
def windows_of_one_pixel(receptive_field):
    """(3, 2), (1, 1), (3, 1): the second layer sees no further."""
    return receptive_field([(3, 2), (1, 1), (3, 1)])


@receptive_field.case
def the_list_stays_and_an_int_comes(receptive_field):
    """Whether the list is as before, and the result an int."""
    layers = list(RECIPE)
    return {"an int": is_whole(receptive_field(layers)), "the list": "unchanged" if layers == RECIPE else "changed"}


# --- augment ------------------------------------------------------------------------------------------------------

augment = exercise(
    "augment",
    points=3,
    returns="an array of the shape and type of images",
    hints=[
        "Imagine a picture in a black frame that is max_shift pixels wide. What do you see through a window of the "
        "picture's size, if it isn't put into the very middle?",
        "Per picture: rng.integers(-max_shift, max_shift + 1) for each of two directions. The window on the framed "
        "picture starts at row max_shift − down and column max_shift − right.",
        "Make an array of zeros like images. For each picture draw two shifts, mirror it if flip and a draw say so, put "
        "it in the middle of a larger array of zeros, and copy the window that starts at max_shift minus the shift.",
    ],
)


def flowers(n, c=2, h=7, w=5):
    """Pictures (n, c, h, w) of unlike numbers, none of them 0."""
    return inputs(f"flowers {n} {c} {h} {w}", (n, c, h, w), 0.25, 1)


def moved_by(picture, down, right):
    """A picture (c, h, w), moved, with zeros in the gaps."""
    h, w = picture.shape[1:]
    result = np.zeros_like(picture)
    to_rows, from_rows = slice(max(down, 0), h + min(down, 0)), slice(max(-down, 0), h + min(-down, 0))
    to_columns, from_columns = slice(max(right, 0), w + min(right, 0)), slice(max(-right, 0), w + min(-right, 0))
    result[:, to_rows, to_columns] = picture[:, from_rows, from_columns]
    return result


def ways(picture, most):
    """How a picture may come back: {(down, right, mirrored): picture}."""
    steps = range(-most, most + 1)
    both = ((False, picture), (True, picture[:, :, ::-1]))
    return {(d, r, m): moved_by(each, d, r) for m, each in both for d in steps for r in steps}


UNIT = 1 / 4096


def marked(n, c, h, w):
    """Pictures (n, c, h, w) of unlike multiples of UNIT, none of them 0."""
    order = np.argsort(inputs(f"marked {n} {c} {h} {w}", n * c * h * w), kind="stable")
    return (1 + order.reshape(n, c, h, w)) * UNIT


def in_units(pictures):
    """How many UNIT each pixel is, in two bytes; 9999 where it is something else."""
    numbers = np.asarray(pictures, dtype=float) / UNIT
    known = (numbers == np.rint(numbers)) & (numbers >= 0) & (numbers < 9999)
    return np.where(known, numbers, 9999).astype(np.uint16)


ANOTHER_SHAPE = "of another shape"


def of_equal_pictures(augment, n, rng, most, flip):
    """What becomes of n equal pictures (2, 4, 5): a row of bytes for each kind, how often it came (in two) and its pixels."""
    images = np.repeat(marked(1, 2, 4, 5), n, axis=0)
    results = augment(images.copy(), rng, most, flip)
    if np.shape(results) != images.shape:
        return ANOTHER_SHAPE
    kinds, times = np.unique(in_units(results).reshape(n, -1), axis=0, return_counts=True)
    return np.column_stack([times // 256, times % 256, np.minimum(kinds, 255)]).astype(np.uint8)


@functools.cache
def named_ways(most):
    """How that picture may come back, by its bytes, and what else is done to pictures for mirroring them."""
    image = in_units(marked(1, 2, 4, 5)[0]).astype(np.uint8)
    turned = {"upside down": image[:, ::-1], "channels turned": image[::-1]}
    odd = {each.tobytes(): name for name, other in turned.items() for each in ways(other, most).values()}
    return odd | {picture.tobytes(): name for name, picture in ways(image, most).items()}


def became(rows, n, most):
    """What became of each of n equal pictures: (down, right, mirrored), or what else it is."""
    if not isinstance(rows, np.ndarray) or rows.ndim != 2 or rows.shape[1] != 42 or rows.dtype != np.uint8:
        return [ANOTHER_SHAPE]
    many = 256 * rows[:, 0].astype(int) + rows[:, 1]
    if many.sum() != n:
        return [ANOTHER_SHAPE]
    names = [named_ways(most).get(row[2:].tobytes(), "something else") for row in rows]
    return [name for name, times in zip(names, many, strict=True) for _ in range(times)]


def shifts(found):
    """The (down, right, mirrored) among what became of pictures."""
    return [each for each in found if not isinstance(each, str)]


def forms(results):
    """Shapes and types of what came back."""
    if not isinstance(results, dict):
        return results
    found = {}
    for kind, result in results.items():
        numbers = getattr(result, "array", result)
        found[kind] = [numbers.shape if isinstance(numbers, np.ndarray) else (), type_of_numbers(result)]
    return found


@augment.case(judge=reduced(forms))
def shapes_and_types(augment):
    """Of pictures of float32, float64 and uint8."""
    kinds = ("float32", "float64", "uint8")
    return {kind: augment((200 * flowers(3)).astype(kind), np.random.default_rng(0), 2, False) for kind in kinds}


def moves(results):
    """Whether each of 40 pictures came back moved, and what else was done in place of it."""
    images = in_units(marked(40, 2, 7, 5))
    if not isinstance(results, np.ndarray) or results.shape != images.shape or results.dtype != images.dtype:
        return results
    pairs = list(zip(images, results, strict=True))
    possible = [[p for (_, _, mirrored), p in ways(image, 2).items() if not mirrored] for image in images]
    moved = [(image, result) for image, result in pairs if not np.array_equal(image, result)]
    return {
        "each is its original, moved": all(
            any(np.array_equal(result, one) for one in those)
            for those, (_, result) in zip(possible, pairs, strict=True)
        ),
        "no gap": any(bool(result.all()) for _, result in moved),
        "pixels come in again": any(np.array_equal(np.sort(a, axis=None), np.sort(b, axis=None)) for a, b in moved),
    }


@augment.case(judge=reduced(moves), after=["shapes_and_types"])
def moved_with_zeros_in_the_gaps(augment):
    """40 pictures of two channels, 7 by 5, max_shift 2, no flip. Each must be its original, moved by up to 2 pixels,
    with zeros in the gaps."""
    return in_units(augment(marked(40, 2, 7, 5), np.random.default_rng(1), 2, False))


def which_shifts(rows):
    """Which shifts occur among 600 equal pictures."""
    found = shifts(became(rows, 600, 2))
    return {
        "downwards": sorted({down for down, _, _ in found}),
        "to the right": sorted({right for _, right, _ in found}),
        "pairs": len({each[:2] for each in found}),
    }


@augment.case(judge=reduced(which_shifts), after=["shapes_and_types"])
def every_shift_occurs(augment):
    """600 equal pictures, max_shift 2: which shifts occur, downwards, to the right, and both together (5 · 5)."""
    return of_equal_pictures(augment, 600, np.random.default_rng(2), 2, False)


def about_a_third_each(rows):
    """Whether −1, 0 and 1 are about equally frequent among 2000 equal pictures."""
    found = shifts(became(rows, 2000, 1))
    shares = {
        name: [np.mean([each[axis] == step for each in found]) for step in (-1, 0, 1)] if found else [0.0]
        for axis, name in enumerate(("downwards", "to the right"))
    }
    return {name: all(0.28 < share < 0.39 for share in each) for name, each in shares.items()}


@augment.case(judge=reduced(about_a_third_each), after=["every_shift_occurs"])
def each_shift_is_equally_likely(augment):
    """2000 equal pictures, max_shift 1: −1, 0 and 1 must each be drawn for about a third, in both directions."""
    return of_equal_pictures(augment, 2000, np.random.default_rng(3), 1, False)


def any_mirrored(rows):
    """Whether any of 200 equal pictures is mirrored; what came if it isn't these pictures."""
    found = became(rows, 200, 1)
    if found == [ANOTHER_SHAPE]:
        return found
    return {"some are mirrored": any(mirrored for _, _, mirrored in shifts(found))}


@augment.case(judge=reduced(any_mirrored), after=["shapes_and_types"])
def flip_off(augment):
    """200 equal pictures, flip False: whether any is mirrored."""
    return of_equal_pictures(augment, 200, np.random.default_rng(4), 1, False)


def how_many_mirrored(calls):
    """What became of ten times 80 pictures, where about half must be mirrored."""
    if not isinstance(calls, list) or len(calls) != 10:
        return calls
    calls = [became(rows, 80, 1) for rows in calls]
    mirrored = [[each[2] for each in shifts(call)] for call in calls]
    found = [each for call in calls for each in shifts(call)]
    share = sum(each[2] for each in found) / max(1, len(found))
    named = "none" if not share else "all" if share > 0.99 else "half" if 0.4 < share < 0.6 else "not half"
    return {
        "something else": sorted({each for call in calls for each in call if isinstance(each, str)}),
        "mirrored": "all or none of a call"
        if named.endswith("half") and all(len(set(m)) < 2 for m in mirrored)
        else named,
        "ways in which mirrored ones are moved": len({each[:2] for each in found if each[2]}),
        "ways in which the others are moved": len({each[:2] for each in found if not each[2]}),
    }


@augment.case(judge=reduced(how_many_mirrored), after=["shapes_and_types"])
def flip_on(augment):
    """Ten calls for 80 equal pictures each, max_shift 1, flip True. About half must be mirrored, some in each call, and
    both halves moved in all 9 ways."""
    rng = np.random.default_rng(5)
    return [of_equal_pictures(augment, 80, rng, 1, True) for _ in range(10)]


@augment.case(after=["shapes_and_types"])
def max_shift_0(augment):
    """Without flip each picture comes back as it is."""
    return augment(flowers(3), np.random.default_rng(6), 0, False)


@augment.case(after=["shapes_and_types"])
def the_pictures_stay(augment):
    """The array that was handed in, without and with flip."""
    images = {flip: flowers(20) for flip in (False, True)}
    for flip, each in images.items():
        augment(each, np.random.default_rng(7), 2, flip)
    return {f"flip {flip}": np.array_equal(each, flowers(20)) for flip, each in images.items()}


def which_are_alike(runs):
    """Which of four runs gave the same pictures as the first."""
    if not isinstance(runs, list) or len(runs) != 4 or not all(isinstance(run, np.ndarray) for run in runs):
        return runs
    first, *others = runs
    names = ("same state", "another state", "a second call")
    return {name: bool(np.array_equal(first, run)) for name, run in zip(names, others, strict=True)}


@augment.case(judge=reduced(which_are_alike), after=["shapes_and_types"])
def rng_decides(augment):
    """The same state of rng gives the same pictures, another state others, and a second call with one rng, too."""
    images = marked(8, 2, 7, 5)
    runs = [augment(images.copy(), np.random.default_rng(seed), 2, True) for seed in (8, 8, 9)]
    rng = np.random.default_rng(8)
    augment(images.copy(), rng, 2, True)
    return [in_units(run) for run in (*runs, augment(images.copy(), rng, 2, True))]


# --- train_cnn ----------------------------------------------------------------------------------------------------

train_cnn = exercise(
    "train_cnn",
    seconds=30,
    parts={"the network": 3, "the losses": 1},
    needs=["augment"],
    returns="a list of floats, one per epoch",
    hints=[
        "It is lesson 7's loop. Which three lines do a step? And when you shuffle, what must move along with the "
        "pictures?",
        "Per epoch: order = rng.permutation(len(images)). Per portion: rows = order[start : start + size]; pictures and "
        "labels of the same rows; zero_grad, backward, step. The mean: Σ loss.item() · len(rows) / len(images).",
        "Make the optimiser, switch to training mode. For each epoch shuffle; for each portion augment the pictures, "
        "make tensors of them and of their labels (int64), and do a step. Note the mean loss; in the end switch to "
        "evaluation mode.",
    ],
)

KINDS = 4
LEARNED = 0.95
HEIGHT, WIDTH = 10, 12


@functools.cache
def strokes(name, n):
    """n pictures (n, 1, 10, 12), float32, of strokes on noise, and labels: flat, upright, and both slanted ones.

    The pictures come sorted by class. A stroke lies up to a pixel off the middle.
    """
    labels = np.arange(n) * KINDS // n
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    place, noise = inputs(name, (n, 3), 0, 1), inputs(f"{name} noise", (n, HEIGHT, WIDTH), 0, 0.3)
    pictures = []
    for label, (down, right, ink), grain in zip(labels, place, noise, strict=True):
        y, x = rows - HEIGHT / 2 + 1.5 - 2 * down, columns - WIDTH / 2 + 1.5 - 2 * right
        angle = np.pi * (0, 1 / 2, 1 / 4, -1 / 4)[label]
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        pictures.append(np.maximum(grain, (np.abs(along) < 4) * (np.abs(across) < 1) * (0.6 + 0.4 * ink)))
    return np.array(pictures, dtype=np.float32)[:, None], labels


def spread(model):
    """The model, with weights from outside, of the size that layers have in the beginning."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            shape = tuple(parameter.shape)
            size = 1 / np.sqrt(max(1, np.prod(shape[1:])))
            parameter.copy_(torch.tensor(inputs(f"{name} {shape}", shape, -size, size)))
    return model


def stroke_reader():
    """A small network for strokes."""
    model = spread(nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.Flatten(), nn.Linear(8 * 30, KINDS)))
    return nn.Sequential(model[0], nn.BatchNorm2d(8, momentum=0.3), nn.ReLU(), nn.MaxPool2d(2), *model[1:])


class Rounds:
    """To loop over, as one loops over a range or a progress bar. It counts the rounds that were begun."""

    def __init__(self, many):
        self.many, self.begun = many, 0

    def __len__(self):
        return self.many

    def __iter__(self):
        for number in range(self.many):
            self.begun += 1
            yield number


class Seen(nn.Module):
    """Notes what a training asks of a network: modes, types, and for each sample that is learned from its label (where
    the gradient of the scores is lowest, since all other scores are to fall) and the brightness of its picture."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner
        self.labels, self.brightest, self.modes = [], [], set()

    def forward(self, X):
        scores = self.inner(X)
        if scores.requires_grad:
            self.modes.add("training" if self.training else "evaluation")
            brightest = X.detach().flatten(1).amax(dim=1).tolist()
            scores.register_hook(lambda gradient: self.note(gradient, brightest))
        return scores

    def note(self, gradient, brightest):
        self.labels += gradient.argmin(dim=1).tolist()
        self.brightest += brightest


def mode_of(model):
    return "training" if model.training else "evaluation"


def predictions(model, images):
    """The classes that a trained network names, in evaluation mode."""
    model.eval()
    with torch.no_grad():
        return model(torch.tensor(images)).argmax(dim=1).numpy().astype(np.uint8)


def watch_gradients(parameter):
    """A list that gets, at each backward(), whether the new gradient was added to another one that was still there."""
    kept, new = [], []
    parameter.register_hook(lambda gradient: new.append(gradient.detach().clone()))
    parameter.register_post_accumulate_grad_hook(lambda p: kept.append(not torch.allclose(p.grad, new.pop())))
    return kept


def after_training(train_cnn, images, labels, unseen, truth, epochs):
    """What a stroke reader says after a training, and what helps to recognise what went wrong."""
    model = stroke_reader()
    kept = watch_gradients(model[-1].weight)
    train_cnn(model, images.copy(), labels.copy(), range(epochs), np.random.default_rng(0))
    found = {"gradients are added up": sum(kept) > 0.9 * len(kept) > 0}
    answers = predictions(model, unseen)
    right = answers == truth
    unslanted = np.where(answers == 3, 2, answers) == np.where(truth == 3, 2, truth)
    if right.mean() >= LEARNED:
        return found | {"predictions": answers}
    if unslanted.mean() >= LEARNED:
        return found | {"problem": "Strokes that slant one way are taken for such that slant the other way."}
    return found | {"problem": "After the training fewer than 95 in 100 unseen pictures are read correctly."}


@train_cnn.case(judge=labels_right(strokes("unseen", 120)[1], at_least=LEARNED, what="held-out accuracy"))
def it_learns_to_read_strokes(train_cnn):
    """520 pictures, 10 by 12 pixels, of a stroke that lies, stands, or slants one way or the other; ten epochs. Then a
    small network must read 120 others, at least 95 % of them correctly."""
    return after_training(train_cnn, *strokes("learn", 520), *strokes("unseen", 120), 10)


def small_reader():
    """Scores of three classes for pictures of 6 by 5 pixels."""
    return spread(nn.Sequential(nn.Conv2d(1, 2, 3, bias=False), nn.Tanh(), nn.Flatten(), nn.Linear(24, 3)))


def blots(n):
    """n pictures (n, 1, 6, 5) of float32, and labels below 3."""
    return inputs(f"blots {n}", (n, 1, 6, 5), 0, 1).astype(np.float32), np.arange(n) % 3


@train_cnn.case
def the_model_that_was_handed_in(train_cnn):
    """It comes in evaluation mode. It is asked in training mode while it learns, all its weights change, and it is left
    in evaluation mode."""
    model = Seen(small_reader()).eval()
    before = [parameter.detach().clone() for parameter in model.parameters()]
    train_cnn(model, *blots(200), range(2), np.random.default_rng(1))
    same = sum(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    return {"learns in": sorted(model.modes), "weights that stay": same, "left in": mode_of(model)}


@train_cnn.case
def each_picture_once_per_epoch(train_cnn):
    """257 pictures, each of a class of its own, three epochs: how many are learned from, and whether some never are.
    And how many rounds of `epochs` are begun."""
    model, epochs = Seen(nn.Sequential(nn.Flatten(), nn.Linear(30, 257))), Rounds(3)
    spread(model)
    images = inputs("many blots", (257, 1, 6, 5), 0, 1).astype(np.float32)
    train_cnn(model, images, np.arange(257), epochs, np.random.default_rng(2))
    many = len(model.labels)
    return {
        "rounds begun": epochs.begun,
        "pictures learned from": "all" if many == 3 * 257 else "too few" if many < 3 * 257 else "too many",
        "some never are": len(set(model.labels)) < 257,
    }


@train_cnn.case
def pictures_keep_their_labels(train_cnn):
    """Dark spots are class 0, bright ones class 1: whether the pictures that are learned from still have a spot, and
    their own label."""
    labels = np.arange(200) * 7 // 3 % 2
    images = np.zeros((200, 1, 9, 8), dtype=np.float32)
    images[:, :, 3:6, 3:5] = np.where(labels == 1, 1.0, 0.25)[:, None, None, None]
    model = Seen(nn.Sequential(nn.Flatten(), nn.Linear(72, 2)))
    spread(model)
    train_cnn(model, images, labels, range(2), np.random.default_rng(3))
    pairs = list(zip(model.brightest, model.labels, strict=True))
    return {
        "a spot is there": all(brightest > 0.1 for brightest, _ in pairs),
        "the label is its own": all((brightest > 0.6) == (label == 1) for brightest, label in pairs),
    }


@train_cnn.case
def labels_of_other_types(train_cnn):
    """Labels as uint8 (a byte each), then as int32."""
    images, labels = blots(150)
    done = []
    for kind in ("uint8", "int32"):
        train_cnn(small_reader(), images, labels.astype(kind), range(2), np.random.default_rng(4))
        done.append(kind)
    return done


@train_cnn.case
def pictures_and_labels_stay(train_cnn):
    """The two arrays that were handed in."""
    images, labels = blots(150)
    return inputs_after(
        lambda X, y: train_cnn(small_reader(), X, y, range(2), np.random.default_rng(5)), images, labels
    )


@train_cnn.case
def all_chance_comes_from_rng(train_cnn):
    """Two trainings with the same rng, while the libraries' own random numbers are others: the order and the networks
    must be the same. And pictures in another order than they came in must have been shuffled by rng."""
    images, runs, by_rng = inputs("order", (200, 1, 6, 5), 0, 1).astype(np.float32), [], []
    for seed in (1, 2):
        np.random.seed(seed)
        torch.manual_seed(seed)
        model, rng = Seen(nn.Sequential(nn.Flatten(), nn.Linear(30, 200))), np.random.default_rng(6)
        spread(model)
        train_cnn(model, images, np.arange(200), range(2), rng)
        runs.append((model.labels, model.inner[1].weight.detach()))
        drawn = rng.bit_generator.state != np.random.default_rng(6).bit_generator.state
        by_rng.append(drawn or model.labels == 2 * list(range(200)))
    (order, weights), (other_order, other_weights) = runs
    return {
        "the same order": order == other_order,
        "the same networks": bool(torch.allclose(weights, other_weights, rtol=1e-4, atol=1e-6)),
        "shuffled by rng": all(by_rng),
    }


def number_of(loss):
    """A loss as a float, NaN if it is none."""
    loss = getattr(loss, "array", loss)
    try:
        return float(loss.item() if isinstance(loss, np.ndarray | np.generic) else loss)
    except (TypeError, ValueError, OverflowError):
        return np.nan


def look_of_losses(losses):
    """How many losses there are, whether they are floats, and whether they fall."""
    found = {"returned": type_name(losses), "losses": 0, "floats": False, "they fall": False}
    if isinstance(losses, list) and losses:
        found |= {"losses": len(losses), "floats": all(isinstance(loss, float) for loss in losses)}
        found["they fall"] = bool(number_of(losses[-1]) < number_of(losses[0]))
    return found


@train_cnn.case(part="the losses", judge=reduced(look_of_losses))
def one_loss_per_epoch(train_cnn):
    """192 pictures of strokes, four epochs: how many losses, whether they are floats, and whether the last one is
    smaller than the first."""
    return train_cnn(stroke_reader(), *strokes("few", 192), Rounds(4), np.random.default_rng(7))


def losses_of_black(train_cnn, n):
    """The losses where there is nothing to learn: n black pictures of two classes, two epochs."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(30, 2))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    images, labels = np.zeros((n, 1, 6, 5), dtype=np.float32), np.arange(n) % 2
    return train_cnn(model, images, labels, range(2), np.random.default_rng(8))


def loss_sizes(losses):
    """How large these losses are, each size once."""
    if not isinstance(losses, list):
        return type_name(losses)
    sizes = (number_of(loss) for loss in losses)
    return sorted(
        {
            "no number" if size != size else "too small" if size < 0.6 else "too large" if size > 1.0 else "about ln 2"
            for size in sizes
        }
    )


def sizes_of_means(found):
    return {name: loss_sizes(losses) for name, losses in found.items()} if isinstance(found, dict) else found


@train_cnn.case(part="the losses", after=["one_loss_per_epoch"], judge=reduced(sizes_of_means))
def the_size_of_a_mean(train_cnn):
    """Black pictures of two classes, 257 of them, then 2. There is nothing to learn: the loss per picture stays near
    ln 2 ≈ 0.69, however many portions there are."""
    return {f"{n} pictures": losses_of_black(train_cnn, n) for n in (257, 2)}


# --- feature_maps -------------------------------------------------------------------------------------------------

feature_maps = exercise(
    "feature_maps",
    points=2,
    returns="the output of the layer, a tensor",
    hints=[
        "Who could note down what the layer puts out, while the model as a whole is asked? And what must be put back "
        "afterwards, whatever happens?",
        "handle = layer.register_forward_hook(f), with f(layer, inputs, output) keeping output.detach().clone(). Then "
        "eval(), no_grad(), model(x). In a finally: handle.remove() and model.train(mode).",
        "Remember the mode. Register a hook that appends a detached clone of the output to a list, switch to evaluation "
        "mode and ask the model without recording; remove the hook and put the mode back in a finally clause.",
    ],
)


def filled(model):
    """The model in float64 with weights, and running statistics, from outside."""
    model = model.double()
    with torch.no_grad():
        for name, values in (*model.named_parameters(), *model.named_buffers()):
            if values.dtype == torch.float64:
                low = 0.5 if name.endswith("running_var") else -1
                shape = tuple(values.shape)
                values.copy_(torch.tensor(inputs(f"{name} {shape}", shape, low, 1.5)))
    return model


def looker():
    """A network for (n, 2, 5, 4) with four classes. Its ReLU works in place, its dropout and batch norm need eval."""
    features = nn.Sequential(
        nn.Conv2d(2, 3, (3, 2)), nn.ReLU(inplace=True), nn.BatchNorm2d(3), nn.Dropout(0.5), nn.Flatten()
    )
    return filled(nn.Sequential(*features, nn.Linear(27, 4)))


def views(n):
    """n pictures (n, 2, 5, 4), float64."""
    return torch.tensor(inputs(f"views {n}", (n, 2, 5, 4)))


HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


def hooks(model):
    """How many hooks there are in a model."""
    return sum(len(getattr(layer, kind)) for layer in model.modules() for kind in HOOKS)


def asked(function, *arguments):
    """What a function returns; PyTorch records again afterwards, whatever it has done."""
    try:
        return function(*arguments)
    finally:
        torch.set_grad_enabled(True)


def modes_left(function, *arguments):
    """In which mode a model is left that came in training mode, and one that came in evaluation mode."""
    left = {}
    for came, training in (("training", True), ("evaluation", False)):
        model = looker().train(training)
        asked(function, model, *(argument(model) if callable(argument) else argument for argument in arguments))
        left[f"came in {came}"] = mode_of(model)
    return left


@feature_maps.case
def a_convolution(feature_maps):
    """Two pictures through 2 → 3 channels. A ReLU follows that works in place: the negative numbers must still be
    there."""
    model = looker().eval()
    return asked(feature_maps, model, views(2), model[0])


@feature_maps.case
def layers_further_up(feature_maps):
    """The batch norm (index 2), and the dense layer at the end (index 5)."""
    model = looker().eval()
    return [asked(feature_maps, model, views(3), model[i]) for i in (2, 5)]


@feature_maps.case
def in_evaluation_mode(feature_maps):
    """The model comes in training mode: what its dropout puts out (nothing is dropped), and batch norm's running mean
    (it must stay)."""
    model = looker().train()
    return {"maps": asked(feature_maps, model, views(3), model[3]), "running mean": model[2].running_mean}


@feature_maps.case
def the_mode_is_put_back(feature_maps):
    """Once a model comes in training mode, once in evaluation mode."""
    return modes_left(feature_maps, views(2), lambda model: model[0])


@feature_maps.case
def no_hook_stays(feature_maps):
    """Somebody else's hook is there already: after two calls there must be this one only."""
    model = looker()
    model[0].register_forward_hook(lambda layer, given, output: None)
    for _ in range(2):
        asked(feature_maps, model, views(2), model[0])
    return {"hooks": hooks(model)}


class Stumbled(Exception):
    """A layer of ours has failed."""


class Stumbles(nn.Module):
    """A layer that always fails."""

    def forward(self, X):
        raise Stumbled


@feature_maps.case
def when_the_model_fails(feature_maps):
    """A layer after the one asked about raises an error: the hooks that are left, and the mode, which was training."""
    model = nn.Sequential(nn.Conv2d(2, 3, 2), Stumbles()).double().train()
    try:
        feature_maps(model, views(2), model[0])
    except Stumbled:
        pass
    finally:
        torch.set_grad_enabled(True)
    return {"hooks": hooks(model), "left in": mode_of(model)}


class Records(nn.Module):
    """Passes on what it gets, and notes whether PyTorch was recording."""

    def __init__(self):
        super().__init__()
        self.recording = set()

    def forward(self, X):
        self.recording.add(torch.is_grad_enabled())
        return X


@feature_maps.case
def nothing_is_recorded(feature_maps):
    """Whether PyTorch records while the model answers, whether the maps still hang on a graph, and whether PyTorch
    records again afterwards."""
    spy = Records()
    model = nn.Sequential(nn.Conv2d(2, 3, 2), spy).double()
    try:
        maps = feature_maps(model, views(2), model[0])
        afterwards = torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(True)
    graph = isinstance(maps, torch.Tensor) and maps.requires_grad
    return {"while it answers": sorted(spy.recording), "maps with a graph": graph, "afterwards": afterwards}


@feature_maps.case
def x_and_the_weights_stay(feature_maps):
    """And so do the maps of an earlier call, when another one is made."""
    model, x = looker(), views(2)
    before = copy.deepcopy(model.state_dict())
    first = asked(feature_maps, model, x, model[0])
    kept = copy.deepcopy(first)
    asked(feature_maps, model, views(2).flip(0), model[0])
    return {
        "x": bool(torch.equal(x, views(2))),
        "weights": all(torch.equal(before[name], value) for name, value in model.state_dict().items()),
        "earlier maps": bool(torch.equal(first, kept)) if isinstance(first, torch.Tensor) else "no tensor",
    }


# --- saliency -----------------------------------------------------------------------------------------------------

saliency = exercise(
    "saliency",
    points=2,
    returns="one number per pixel: a tensor (n, h, w)",
    hints=[
        "Which number do you want to differentiate, and with respect to what? Who must remember how it was computed?",
        "x = x.detach().clone().requires_grad_(True); the scores asked about are scores[torch.arange(n), label]; "
        "torch.autograd.grad(their sum, x)[0] is (n, c, h, w). Then abs(), and amax(dim=1).",
        "In evaluation mode send a copy of x that requires a gradient through the model. Pick each picture's score, "
        "differentiate their sum with respect to the copy, take absolute values and the largest of the channels; put "
        "the mode back.",
    ],
)


def unlikely(model, x):
    """For each picture a class that the model doesn't name."""
    with torch.no_grad():
        mode = model.training
        best = model.eval()(x).argmax(dim=1)
        model.train(mode)
    return (best + torch.arange(len(x)) % 2 + 1) % 4


@saliency.case
def the_sum_of_the_text(saliency):
    """score = 2·x₁ − 3·x₂ + 1 is that of class 1, and 5·x₁ + x₂ that of class 0. Three pictures of two pixels, class 1:
    (2, 3) for each."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(2, 2)).double().eval()
    with torch.no_grad():
        model[1].weight.copy_(torch.tensor([[5.0, 1.0], [2.0, -3.0]]))
        model[1].bias.copy_(torch.tensor([0.0, 1.0]))
    return asked(saliency, model, torch.tensor(inputs("pairs", (3, 1, 1, 2))), 1)


@saliency.case
def one_class_for_all(saliency):
    """Three pictures (2, 5, 4) through a convolution, ReLU, batch norm and a dense layer; class 2."""
    return asked(saliency, looker().eval(), views(3), 2)


@saliency.case
def a_class_for_each(saliency):
    """Four pictures, and a tensor with a class for each, none of them the one that the model names."""
    model, x = looker().eval(), views(4)
    return asked(saliency, model, x, unlikely(model, x))


@saliency.case
def a_confident_network(saliency):
    """The same network with scores a hundred times as large: probabilities are 0 or 1 now, and stay so."""
    model, x = looker().eval(), views(3)
    with torch.no_grad():
        model[5].weight.mul_(100)
        model[5].bias.mul_(100)
    return asked(saliency, model, x, model(x).argmax(dim=1))


@saliency.case
def each_picture_has_its_own_map(saliency):
    """The first of four pictures alone, and among the others, class 1."""
    return [asked(saliency, looker().eval(), views(4)[:many], 1)[0] for many in (1, 4)]


@saliency.case
def in_evaluation_mode_again(saliency):
    """The model comes in training mode: the map (nothing is dropped), and batch norm's running mean (it must stay)."""
    model = looker().train()
    return {"map": asked(saliency, model, views(2), 0), "running mean": model[2].running_mean}


@saliency.case
def the_mode_is_as_it_was(saliency):
    """Once a model comes in training mode, once in evaluation mode."""
    return modes_left(saliency, views(2), 1)


def gradients_after(function, *layer_at):
    """What becomes of .grad, of x, and of the map's graph: of a model and an x with no gradients, then with some."""
    found = {}
    for name, some in (("without gradients", False), ("with gradients", True)):
        model, x = looker().eval(), views(2)
        if some:
            x.requires_grad_(True)
            (model(x) * torch.tensor(inputs("before", (2, 4)))).sum().backward()
        holders = [x, *model.parameters()]
        before = [None if one.grad is None else one.grad.clone() for one in holders]
        maps = asked(function, model, x, 1, *(model[i] for i in layer_at))
        same = [
            a is one.grad if a is None else torch.equal(a, one.grad) for a, one in zip(before, holders, strict=True)
        ]
        found[name] = {
            "x.grad stays": same[0],
            "the parameters' .grad stay": all(same[1:]),
            "x stays": bool(torch.equal(x.detach(), views(2))) and x.requires_grad == some,
            "the map hangs on a graph": isinstance(maps, torch.Tensor) and maps.requires_grad,
        }
    return found


@saliency.case
def gradients_stay(saliency):
    """The .grad of x and of the parameters, and x itself; and the map must not hang on a graph."""
    return gradients_after(saliency)


@saliency.case
def a_second_call(saliency):
    """The same model and pictures, asked twice: the same maps."""
    model, x = looker().eval(), views(2)
    return [asked(saliency, model, x, 3) for _ in range(2)]


# --- grad_cam -----------------------------------------------------------------------------------------------------

grad_cam = exercise(
    "grad_cam",
    points=3,
    returns="one number from 0 to 1 per pixel: a tensor (n, h, w)",
    hints=[
        "You need the maps and the gradient of the score with respect to them. Which of the two would be lost if the "
        "hook kept a detached copy?",
        "A = the layer's output, kept by a hook. weights = gradient of the summed scores w.r.t. A, .mean(dim=(2, 3), "
        "keepdim=True). cam = (weights · A).sum(dim=1, keepdim=True).relu(); enlarge; divide by amax(dim=(2, 3)).",
        "Keep the layer's output with a hook, in evaluation mode; remove the hook. Differentiate the summed scores with "
        "respect to it, average over the places, add up the weighted maps, cut at 0, enlarge, and divide each picture "
        "by its largest value unless that is 0.",
    ],
)


def by_hand(gradients):
    """Pictures of one row are the maps themselves; the scores are weighted sums with these gradients (k, c·w)."""
    model = nn.Sequential(nn.Identity(), nn.Flatten(), nn.Linear(gradients.shape[1], len(gradients))).double().eval()
    with torch.no_grad():
        model[2].weight.copy_(torch.tensor(gradients))
        model[2].bias.zero_()
    return model


@grad_cam.case
def the_two_maps_of_the_text(grad_cam):
    """A₁ = (1, 4), A₂ = (2, 1), gradients (0.5, 1.5) and (−1, 0) for class 0: (0, 1). Then class 1, with gradients
    (2, 2) and (5, −1): (0.6, 1). The picture is as large as the maps."""
    model = by_hand(np.array([[0.5, 1.5, -1.0, 0.0], [2.0, 2.0, 5.0, -1.0]]))
    x = torch.tensor([[[[1.0, 4.0]], [[2.0, 1.0]]]], dtype=torch.float64)
    return [asked(grad_cam, model, x, label, model[0]) for label in (0, 1)]


def mapper():
    """A network for (n, 2, 7, 9) with four classes; its maps after the second layer are (3, 3, 4)."""
    layers = [nn.Conv2d(2, 3, 3, stride=2), nn.Tanh(), nn.BatchNorm2d(3), nn.Dropout(0.5), nn.Flatten()]
    return filled(nn.Sequential(*layers, nn.Linear(36, 4)))


def scenes(n):
    """n pictures (n, 2, 7, 9), float64."""
    return torch.tensor(inputs(f"scenes {n}", (n, 2, 7, 9)))


@grad_cam.case
def maps_that_are_enlarged(grad_cam):
    """Two pictures (2, 7, 9), maps (3, 3, 4) of the convolution, class 1."""
    model = mapper().eval()
    return asked(grad_cam, model, scenes(2), 1, model[0])


@grad_cam.case
def a_class_for_each_picture(grad_cam):
    """Three pictures and a tensor with a class for each, none of them the one that the model names; the batch norm."""
    model, x = mapper().eval(), scenes(3)
    return asked(grad_cam, model, x, unlikely(model, x), model[2])


@grad_cam.case
def a_network_that_is_sure(grad_cam):
    """Scores a thousand times as large, and the class that the model names for each of two pictures."""
    model, x = mapper().eval(), scenes(2)
    with torch.no_grad():
        model[5].weight.mul_(1000)
        model[5].bias.mul_(1000)
    return asked(grad_cam, model, x, model(x).argmax(dim=1), model[0])


@grad_cam.case
def nothing_speaks_for_the_class(grad_cam):
    """Two pictures: in the first one the weighted sum is negative everywhere, in the second at one of two places."""
    model = by_hand(np.array([[1.0, 3.0, -2.0, 0.0], [0.0, 1.0, 0.0, 1.0]]))
    x = torch.tensor([[[[-1.0, -2.0]], [[3.0, 1.0]]], [[[-1.0, 2.0]], [[1.0, 0.5]]]], dtype=torch.float64)
    return asked(grad_cam, model, x, 0, model[0])


@grad_cam.case
def each_picture_by_its_own_maximum(grad_cam):
    """The largest value of each of four maps, class 3, rounded: 1, or 0 where nothing speaks for the class."""
    model = mapper().eval()
    maps = asked(grad_cam, model, scenes(4), 3, model[0])
    if not isinstance(maps, torch.Tensor) or maps.ndim != 3:
        return maps
    return [round(largest, 6) for largest in maps.flatten(1).amax(dim=1).tolist()]


@grad_cam.case
def asked_in_evaluation_mode(grad_cam):
    """The model comes in training mode: the map, and batch norm's running mean (it must stay)."""
    model = mapper().train()
    return {"map": asked(grad_cam, model, scenes(1), 0, model[2]), "running mean": model[2].running_mean}


@grad_cam.case
def mode_and_hooks_are_as_before(grad_cam):
    """The modes in which models are left, and how many hooks two calls leave behind beside somebody else's one."""
    left = modes_left(grad_cam, views(2), 1, lambda model: model[2])
    model = looker()
    model[2].register_forward_hook(lambda layer, given, output: None)
    for _ in range(2):
        asked(grad_cam, model, views(2), 1, model[2])
    return left | {"hooks": hooks(model)}


@grad_cam.case
def all_gradients_stay(grad_cam):
    """The .grad of x and of the parameters, and x itself; and the map must not hang on a graph."""
    return gradients_after(grad_cam, 2)


# --- occlusion ----------------------------------------------------------------------------------------------------

occlusion = exercise(
    "occlusion",
    stretch=True,
    returns="one number per place of the window: a tensor (n, h − size + 1, w − size + 1)",
    hints=[
        "How many places are there for a window of `size` on h rows? And which picture must each of them be cut out of?",
        "For top in range(h − size + 1), left in range(w − size + 1): covered = x.clone(), covered[:, :, top : top + "
        "size, left : left + size] = 0, fall = score(x) − score(covered).",
        "In evaluation mode, without recording, note the whole picture's scores. Go over all places, black the window "
        "out in a fresh copy, ask again, and store how much the score has fallen. Put the mode back.",
    ],
)


@occlusion.case
def windows_of_two(occlusion):
    """Two pictures (2, 5, 4), windows of 2 by 2, class 1: 4 · 3 places."""
    return asked(occlusion, looker().eval(), views(2), 1, 2)


@occlusion.case
def single_pixels_and_a_class_for_each(occlusion):
    """Three pictures, windows of one pixel, a tensor with a class for each, none of them the one the model names."""
    model, x = looker().eval(), views(3)
    return asked(occlusion, model, x, unlikely(model, x), 1)


@occlusion.case
def as_large_as_the_picture_is_wide(occlusion):
    """Windows of 4 by 4 on 5 by 4 pixels: two places."""
    return asked(occlusion, looker().eval(), views(2), 3, 4)


@occlusion.case
def from_training_mode(occlusion):
    """The model comes in training mode: the falls, batch norm's running mean, which must stay, and the mode after."""
    model = looker().train()
    falls = asked(occlusion, model, views(1), 0, 3)
    return {"falls": falls, "running mean": model[2].running_mean, "left in": mode_of(model)}


@occlusion.case
def back_in_evaluation_mode(occlusion):
    """The modes in which models are left."""
    return modes_left(occlusion, views(1), 1, 3)


@occlusion.case
def pictures_stay_and_no_graph(occlusion):
    """x, and whether the result hangs on a graph."""
    x = views(2)
    falls = asked(occlusion, looker().eval(), x, 2, 3)
    graph = isinstance(falls, torch.Tensor) and falls.requires_grad
    return {"x stays": bool(torch.equal(x, views(2))), "the result hangs on a graph": graph}
