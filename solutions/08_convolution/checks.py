"""What is asked of each exercise of lesson 08, and its hints."""

import functools
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from autograder import exercise, inputs, inputs_after, integer_inputs, reduced, timed_in_turns, times_as_fast

TORCHS_CONVOLUTIONS = [
    "torch.conv2d",
    "torch.conv3d",
    "torch.convolution",
    "torch.conv_transpose2d",
    "torch.nn.Conv2d",
    "torch.nn.Conv3d",
]


def kind(array):
    """What an array holds, in a word."""
    kinds = {"f": "floats", "i": "whole numbers", "u": "whole numbers", "b": "True and False"}
    return kinds.get(np.asarray(array).dtype.kind, "something else")


# --- output_size --------------------------------------------------------------------------------------------------

output_size = exercise(
    "output_size",
    points=1,
    returns="one whole number",
    hints=[
        "Where does the first window start, and where can the last one start at most?",
        "The last start is at most n + 2·padding − k. How many steps of the stride fit into that, rounded down?",
        "Subtract k from the length with both paddings, divide by the stride and round down with //, and add 1 for the "
        "first window.",
    ],
)


@output_size.case
def the_examples_of_the_text(output_size):
    """n = 4, k = 2, stride 1: 3. n = 7, k = 3, stride 2: 3. n = 8, k = 3, stride 2: 3 as well."""
    return [output_size(4, 2, 1, 0), output_size(7, 3, 2, 0), output_size(8, 3, 2, 0)]


@output_size.case
def with_padding(output_size):
    """n = 28, k = 5, padding 2: 28 with stride 1, 14 with stride 2. n = 3, k = 2, padding 1, stride 1: 4."""
    return [output_size(28, 5, 1, 2), output_size(28, 5, 2, 2), output_size(3, 2, 1, 1)]


@output_size.case
def windows_that_would_stick_out(output_size):
    """n = 12, k = 4, stride 3, padding 1: the starts are 0, 3, 6 and 9. n = 9, k = 2, stride 4: 0 and 4."""
    return [output_size(12, 4, 3, 1), output_size(9, 2, 4, 0)]


@output_size.case
def a_window_as_long_as_the_axis(output_size):
    """n = 5, k = 5, stride 2: one place. n = 3, k = 7, stride 1, padding 2: one place, too."""
    return [output_size(5, 5, 2, 0), output_size(3, 7, 1, 2)]


@output_size.case
def it_is_an_int(output_size):
    """As a number of places it is a whole number, not 3.0: // keeps whole numbers whole, / doesn't."""
    return kind(output_size(7, 3, 2, 0))


# --- pad ----------------------------------------------------------------------------------------------------------

pad = exercise(
    "pad",
    points=1,
    returns="an array (n, c, h + 2p, w + 2p)",
    hints=[
        "Which two of the four axes grow, and at which of their ends?",
        "np.pad takes one pair per axis, (how many before, how many after). Or: zeros of the new shape, and X laid into "
        "their middle.",
        "Hand np.pad four pairs: (0, 0) for the pictures and for the channels, (p, p) for the height and for the width.",
    ],
)

SMALL = np.array([[[[1, 2, 0, 1], [0, 3, 1, 2], [2, 1, 0, 4]]]])  # the picture of section 1


@pad.case
def the_picture_of_section_1_with_an_edge(pad):
    """3 by 4 pixels, p = 1: 5 by 6, with zeros on all four sides."""
    return pad(SMALL, 1)


@pad.case
def pictures_with_channels(pad):
    """2 pictures with 3 channels, 2 by 4 pixels, p = 2: the result has the shape (2, 3, 6, 8)."""
    return pad(inputs("pad X", (2, 3, 2, 4)), 2)


@pad.case
def all_axes_equally_long(pad):
    """(2, 2, 2, 2), p = 1: there are still 2 pictures with 2 channels."""
    return pad(inputs("pad square", (2, 2, 2, 2)), 1)


@pad.case
def no_edge(pad):
    """p = 0: the pictures as they are."""
    return pad(inputs("pad none", (2, 1, 3, 2)), 0)


@pad.case
def the_type_stays(pad):
    """Pictures of uint8, float32 and int64 stay what they are."""
    types = (np.uint8, np.float32, np.int64)
    return [str(np.asarray(pad(np.ones((1, 2, 3, 2), dtype=type_), 1)).dtype) for type_ in types]


@pad.case
def the_pictures_of_the_caller_stay(pad):
    return inputs_after(pad, inputs("pad kept", (2, 2, 3, 4)), 1)


# --- conv2d_loops -------------------------------------------------------------------------------------------------

conv2d_loops = exercise(
    "conv2d_loops",
    points=3,
    needs=["output_size", "pad"],
    returns="an array (n, c_out, h_out, w_out): pictures, filters, places down, places across",
    forbids=TORCHS_CONVOLUTIONS,
    instead="Write the four loops.",
    hints=[
        "Which window belongs to row y and column x of the result, and which filter is laid on it?",
        "out[i, o, y, x] = sum of (window · W[o]) + b[o], with the window P[i, :, y·s : y·s + kh, x·s : x·s + kw].",
        "Pad the pictures, make zeros of the shape of the result, and loop over pictures, filters, rows and columns of "
        "it. Cut out the window, multiply by the filter, sum over all three axes, add the filter's bias.",
    ],
)

# Pictures, filters, biases. Nothing in the first two is equal to anything else; in the third everything is.
MIXED = inputs("conv X", (2, 3, 7, 5)), inputs("conv W", (4, 3, 3, 2)), inputs("conv b", 4, 0.5, 3)
WIDE = inputs("conv wide X", (1, 2, 6, 9)), inputs("conv wide W", (3, 2, 2, 3)), inputs("conv wide b", 3, -3, -0.5)
EQUAL = inputs("conv equal X", (3, 3, 4, 4)), inputs("conv equal W", (3, 3, 3, 3)), inputs("conv equal b", 3, 0.5, 3)
BYTES = (200 * np.array([[[[0, 0, 1, 1, 0], [0, 1, 1, 1, 0], [0, 0, 1, 0, 0]]]])).astype(np.uint8)


def in_bytes(convolution):
    """What comes of a picture of uint8 with a kernel of whole numbers, and of which kind it is."""
    result = convolution(BYTES, np.array([[[[-1, 1]]]]), np.array([2]), 1, 0)
    return {"result": result, "holds": kind(result)}


@conv2d_loops.case
def the_picture_of_section_1(conv2d_loops):
    """3 by 4 pixels and a kernel of 2 by 2: (5, 4, 3) and (−1, 2, 7)."""
    return conv2d_loops(SMALL, np.array([[[[1, -1], [0, 2]]]]), np.zeros(1), 1, 0)


@conv2d_loops.case
def the_two_channels_of_section_3(conv2d_loops):
    """One window with two channels, one filter with two slices, b = 0.5: one number, 1.5."""
    X = np.array([[[[1.0, 2], [0, 1]], [[3, 0], [1, 1]]]])
    W = np.array([[[[1.0, 0], [0, -1]], [[0, 2], [1, 0]]]])
    return conv2d_loops(X, W, np.array([0.5]), 1, 0)


@conv2d_loops.case
def stride_2_and_padding_1(conv2d_loops):
    """X (2, 3, 7, 5), W (4, 3, 3, 2): the result has the shape (2, 4, 4, 3)."""
    return conv2d_loops(*MIXED, 2, 1)


@conv2d_loops.case
def stride_3_with_pixels_left_over(conv2d_loops):
    """X (1, 2, 6, 9), W (3, 2, 2, 3), no padding: the last row of the pictures is never seen."""
    return conv2d_loops(*WIDE, 3, 0)


@conv2d_loops.case
def all_sizes_equal(conv2d_loops):
    """3 pictures, 3 channels, 3 filters of 3 by 3, padding 1: here no shape gives a mix-up away."""
    return conv2d_loops(*EQUAL, 1, 1)


@conv2d_loops.case
def a_picture_of_bytes(conv2d_loops):
    """X of uint8, the kernel (−1, 1) and the bias 2 of int64: floats come back, negative ones among them."""
    return in_bytes(conv2d_loops)


@conv2d_loops.case
def what_it_is_given_stays(conv2d_loops):
    """X, W and b of the caller."""
    return inputs_after(conv2d_loops, *(array.copy() for array in WIDE), 1, 1)


# --- edge_kernels -------------------------------------------------------------------------------------------------

edge_kernels = exercise(
    "edge_kernels",
    points=2,
    hints=[
        "What must the nine weights sum to, for an edge kernel, and for one that keeps the brightness?",
        "An edge kernel has a positive and a negative side, and they cancel. A blur has positive weights that sum to 1. "
        "A sharpener has a large weight in the middle, negative ones around it, and sums to 1.",
        "Vertical: a column of negative numbers, one of zeros, one of positive numbers. Horizontal: the same in rows. "
        "Blur: nine times a ninth. Sharpen: 5 in the middle, −1 at the four neighbours, 0 in the corners.",
    ],
)

EDGES, KEEPERS = ("vertical", "horizontal"), ("blur", "sharpen")
FITS = "an array (kh, kw) with odd sizes of at least 3"
LARGEST = 51


@functools.cache
def photograph():
    """The photograph of section 4: grey, from 0 to 1, each pixel the mean of 16."""
    from PIL import Image  # it is scikit-learn's, whose own import takes a second

    folder = Path(find_spec("sklearn").origin).parent / "datasets" / "images"
    with Image.open(folder / "china.jpg") as picture:
        grey = np.asarray(picture).mean(axis=2) / 255
    return grey[:424].reshape(106, 4, 160, 4).mean(axis=(1, 3))


def the_four(kernels):
    """Those of the four entries that are there; what is no dictionary stays what it is."""
    if not isinstance(kernels, dict):
        return kernels
    return {name: kernels[name] for name in (*EDGES, *KEEPERS) if name in kernels}


def type_name(value):
    """The name of the type that a value had before it came here."""
    return getattr(value, "type_name", type(value).__name__)


def form(kernels, name):
    """What an entry of the dictionary is: FITS, or what else."""
    if not isinstance(kernels, dict):
        return f"{type_name(kernels)} in place of a dictionary"
    if name not in kernels:
        return f"no entry {name!r}"
    kernel = kernels[name]
    if not isinstance(kernel, np.ndarray) or kernel.dtype.kind not in "iuf":
        return f"a {type_name(kernel)}"
    odd = kernel.ndim == 2 and all(size % 2 and size >= 3 for size in kernel.shape)
    if odd and max(kernel.shape) > LARGEST:
        return f"an array of the shape {kernel.shape}, larger than {LARGEST} by {LARGEST}"
    return FITS if odd else f"an array of the shape {kernel.shape}"


def answer(kernel, picture):
    """The kernel's answer at each place of a picture."""
    windows = np.lib.stride_tricks.sliding_window_view(picture, kernel.shape)
    return np.einsum("yxuv,uv->yx", windows, kernel.astype(float))


def answer_to_grey(kernels, name, grey):
    """The kernel's answer where all is `grey`, in words: "0", "not 0", "unchanged", "brighter", "darker"."""
    if form(kernels, name) != FITS:
        return "–"
    rounding = 1e-6 * grey * np.abs(kernels[name].astype(float)).sum()
    there = float(answer(kernels[name], np.full(kernels[name].shape, grey))[0, 0])
    if abs(there) <= rounding:
        return "0"
    if name in EDGES:
        return "not 0"
    return "unchanged" if abs(there - grey) <= rounding else "brighter" if there > grey else "darker"


def answers_to(kernels, name, left, right):
    """Which ideal edges an edge kernel answers to: "its own", "the others", "both", "none"; "–" if not silent."""
    if answer_to_grey(kernels, name, 0.5) != "0":
        return "–"
    size = max(kernels[name].shape)
    vertical = np.repeat([[left] * size + [right] * size], 2 * size, axis=0)
    to_vertical, to_horizontal = (np.abs(answer(kernels[name], edge)).max() for edge in (vertical, vertical.T))
    own, other = (to_vertical, to_horizontal) if name == "vertical" else (to_horizontal, to_vertical)
    if max(own, other) < 1e-9:
        return "none"
    return "its own" if own >= 3.999 * other else "the others" if other >= 3.999 * own else "both"


def neighbours_differ(picture):
    """How much neighbouring pixels differ, on the whole."""
    return np.mean(np.abs(np.diff(picture, axis=0))) + np.mean(np.abs(np.diff(picture, axis=1)))


def contrast(kernels, name):
    """How many times as large a kernel that keeps the brightness makes differences in the photograph; None if not."""
    if answer_to_grey(kernels, name, 0.5) != "unchanged":
        return None
    (kh, kw), (h, w) = kernels[name].shape, photograph().shape
    inner = photograph()[kh // 2 : h - kh // 2, kw // 2 : w - kw // 2]
    return neighbours_differ(answer(kernels[name], photograph())) / neighbours_differ(inner)


def forms(kernels):
    return {name: form(kernels, name) for name in (*EDGES, *KEEPERS)}


@np.errstate(all="ignore")
def answers_to_nothing(kernels):
    return {name: answer_to_grey(kernels, name, 0.5) for name in (*EDGES, *KEEPERS)}


@np.errstate(all="ignore")
def answers_to_edges(kernels):
    return {name: answers_to(kernels, name, 0.0, 1.0) for name in EDGES}


@np.errstate(all="ignore")
def contrasts(kernels):
    blur, sharpen = (contrast(kernels, name) for name in KEEPERS)
    return {
        "blur": "–" if blur is None else "enough" if blur <= 2 / 3 else "too little",
        "sharpen": "–" if sharpen is None else "enough" if sharpen >= 1.5 else "too little",
    }


@edge_kernels.case(judge=reduced(forms))
def four_entries(edge_kernels):
    """A dictionary with "vertical", "horizontal", "blur" and "sharpen", each an array (kh, kw) of odd sizes from 3 on."""
    return the_four(edge_kernels)


@edge_kernels.case(judge=reduced(answers_to_nothing), after=["four_entries"])
def where_nothing_happens(edge_kernels):
    """All pixels are 0.5. The answer of the first two must be 0, and the last two must leave 0.5 unchanged."""
    return the_four(edge_kernels)


@edge_kernels.case(judge=reduced(answers_to_edges), after=["where_nothing_happens"])
def at_an_edge(edge_kernels):
    """A vertical edge is one between left and right, a horizontal one between above and below. Each has its kernel."""
    return the_four(edge_kernels)


@edge_kernels.case(judge=reduced(contrasts), after=["where_nothing_happens"])
def in_the_photograph(edge_kernels):
    """Differences of neighbouring pixels: at most two thirds after the blur, at least 1.5 times after sharpening."""
    return the_four(edge_kernels)


# --- im2col -------------------------------------------------------------------------------------------------------

im2col = exercise(
    "im2col",
    points=2,
    needs=["pad", "output_size"],
    returns="an array (n, c·kh·kw, h_out·w_out): a matrix per picture, with a window in each column",
    forbids=["torch.nn.functional.unfold", "torch.nn.Unfold"],
    instead="Find the windows with sliding_window_view and bring their axes into order yourself.",
    hints=[
        "The six axes of all windows are (n, c, h_out, w_out, kh, kw). Which of them number the rows of the matrix, and "
        "which its columns?",
        "Rows: c, kh, kw. Columns: h_out, w_out. So the order before reshape must be (n, c, kh, kw, h_out, w_out).",
        "Pad, take the sliding windows, keep every stride-th place down and across. Transpose so that kh and kw come "
        "right after c. Then reshape to (n, c·kh·kw, −1).",
    ],
)


@im2col.case
def the_matrix_of_section_5(im2col):
    """The picture of section 1 and windows of 2 by 2: 4 rows, 6 columns."""
    return im2col(SMALL, 2, 2, 1, 0)


@im2col.case
def channels_stride_and_padding(im2col):
    """X (2, 3, 7, 5), windows of 3 by 2, stride 2, padding 1: two matrices of 18 rows and 12 columns."""
    return im2col(MIXED[0], 3, 2, 2, 1)


@im2col.case
def windows_that_leave_pixels_over(im2col):
    """X (1, 2, 6, 9), windows of 2 by 3, stride 3, no padding: one matrix of 12 rows and 6 columns."""
    return im2col(WIDE[0], 2, 3, 3, 0)


@im2col.case
def as_many_rows_as_columns(im2col):
    """X (2, 2, 3, 5), windows of 2 by 2: two matrices of 8 rows and 8 columns."""
    return im2col(inputs("im2col square", (2, 2, 3, 5)), 2, 2, 1, 0)


@im2col.case
def a_picture_of_the_caller_stays(im2col):
    return inputs_after(im2col, inputs("im2col kept", (2, 2, 4, 5)), 2, 3, 1, 1)


# --- conv2d -------------------------------------------------------------------------------------------------------

conv2d = exercise(
    "conv2d",
    points=2,
    needs=["im2col", "output_size"],
    returns="an array (n, c_out, h_out, w_out): pictures, filters, places down, places across",
    forbids=[*TORCHS_CONVOLUTIONS, "torch.nn.functional.unfold", "torch.nn.Unfold"],
    instead="Write it as a product of the filters with the columns of your `im2col`.",
    hints=[
        "The columns of `im2col` are windows. What shape must the filters have to be multiplied with all of them at once?",
        "W as (c_out, c_in·kh·kw) @ columns (n, c_in·kh·kw, places) is (n, c_out, places). The bias as (c_out, 1) is "
        "added to that.",
        "Reshape W to one row per filter, multiply by the columns, add the bias with a second axis of length 1, and "
        "reshape the places to rows and columns of the result.",
    ],
)


@conv2d.case
def again_the_picture_of_section_1(conv2d):
    """3 by 4 pixels, a kernel of 2 by 2, the bias 0.5: (5.5, 4.5, 3.5) and (−0.5, 2.5, 7.5)."""
    return conv2d(SMALL, np.array([[[[1, -1], [0, 2]]]]), np.array([0.5]), 1, 0)


@conv2d.case
def again_stride_2_and_padding_1(conv2d):
    """X (2, 3, 7, 5), W (4, 3, 3, 2): the result has the shape (2, 4, 4, 3)."""
    return conv2d(*MIXED, 2, 1)


@conv2d.case
def again_with_pixels_left_over(conv2d):
    """X (1, 2, 6, 9), W (3, 2, 2, 3), stride 3, no padding: the result has the shape (1, 3, 2, 3)."""
    return conv2d(*WIDE, 3, 0)


@conv2d.case
def again_all_sizes_equal(conv2d):
    """3 pictures, 3 channels, 3 filters of 3 by 3, padding 1: here no shape gives a mix-up away."""
    return conv2d(*EQUAL, 1, 1)


@conv2d.case
def as_many_places_as_filters(conv2d):
    """X (2, 3, 3, 4), W (6, 3, 2, 2): 6 filters, 6 places. Each filter has a bias, not each place."""
    X, W, b = inputs("conv places X", (2, 3, 3, 4)), inputs("conv places W", (6, 3, 2, 2)), inputs("conv places b", 6)
    return conv2d(X, W, b, 1, 0)


@conv2d.case
def again_a_picture_of_bytes(conv2d):
    """X of uint8, the kernel (−1, 1) and the bias 2 of int64: floats come back, negative ones among them."""
    return in_bytes(conv2d)


@conv2d.case
def arrays_of_the_caller_stay(conv2d):
    """X, W and b."""
    return inputs_after(conv2d, *(array.copy() for array in WIDE), 1, 1)


QUICK_X = [inputs(f"conv fast X {i}", (1, 2, 18, 18)) for i in range(3)]
QUICK_W, QUICK_B = inputs("conv fast W", (32, 2, 3, 3)), inputs("conv fast b", 32)


def window_by_window(total=np.sum):
    """Do what four loops do in their middle, for 1024 of 8192 windows and filters."""
    X, W = QUICK_X[0], QUICK_W
    for _ in range(1024):
        total(X[0, :, 2:5, 3:6] * W[0]) + 0.5


@conv2d.case(after=["again_stride_2_and_padding_1", "again_all_sizes_equal"], judge=times_as_fast(20, "the loops"))
def twenty_times_as_fast_as_loops(conv2d):
    """X (1, 2, 18, 18), W (32, 2, 3, 3). If it is slower: a loop over pixels is left, in `conv2d` or in `im2col`."""
    return timed_in_turns(lambda X: conv2d(X, QUICK_W, QUICK_B, 1, 0), QUICK_X, window_by_window, enough=20, times=8)


# --- conv2d_backward ----------------------------------------------------------------------------------------------

conv2d_backward = exercise(
    "conv2d_backward",
    points=4,
    needs=["im2col", "pad", "output_size"],
    labels=["dX", "dW", "db"],
    returns="(dX, dW, db), of the shapes of X, W and b",
    forbids=[
        *TORCHS_CONVOLUTIONS,
        "torch.nn.grad.conv2d_input",
        "torch.nn.grad.conv2d_weight",
        "torch.nn.functional.fold",
        "torch.nn.Fold",
        "torch.Tensor.backward",
        "torch.autograd.backward",
        "torch.autograd.grad",
        "torch.autograd.functional.vjp",
        "torch.autograd.functional.jacobian",
        "torch.func.grad",
        "torch.func.vjp",
        "torch.func.jacrev",
    ],
    instead="Send the messages back yourself, place by place or weight by weight.",
    hints=[
        "In how many windows is a pixel, and in how many places is a weight used? What happens to messages that come on "
        "several ways?",
        "For each place: dP[window] += W[o] · dout, dW[o] += window · dout, db[o] += dout, where P is the padded picture. "
        "dX is dP without its edge, from p to p + h and from p to p + w.",
        "dW: dout times the columns transposed, summed over the batch. The transposed filters times dout give a message "
        "for each row of the columns; add each, for its (u, v), to the pixels it came from. Then cut off the edge.",
    ],
)


def there_and_back(conv2d_backward, name, arrays, shape, stride, padding):
    """The three gradients for an upstream gradient of this shape."""
    return conv2d_backward(inputs(f"dout {name}", shape), *arrays, stride, padding)


@conv2d_backward.case
def the_row_of_section_6(conv2d_backward):
    """x = (1, 2, 0, 1), w = (3, −1), dy = (1, 0.5, 2): dx = (3, 0.5, 5.5, −2), dw = (2, 4), db = 3.5."""
    X, W, dout = np.array([[[[1.0, 2, 0, 1]]]]), np.array([[[[3.0, -1]]]]), np.array([[[[1.0, 0.5, 2]]]])
    return conv2d_backward(dout, X, W, np.array([0.25]), 1, 0)


@conv2d_backward.case
def back_without_padding(conv2d_backward):
    """X (2, 3, 7, 5), W (4, 3, 3, 2), stride 1, padding 0: dout has the shape (2, 4, 5, 4)."""
    return there_and_back(conv2d_backward, "plain", MIXED, (2, 4, 5, 4), 1, 0)


@conv2d_backward.case
def back_with_stride_2_and_padding_1(conv2d_backward):
    """X (2, 3, 7, 5), W (4, 3, 3, 2): dout has the shape (2, 4, 4, 3), and windows overlap in the height alone."""
    return there_and_back(conv2d_backward, "strided", MIXED, (2, 4, 4, 3), 2, 1)


@conv2d_backward.case
def back_with_pixels_left_over(conv2d_backward):
    """X (1, 2, 6, 9), W (3, 2, 2, 3), stride 3: what no window has seen gets 0, and dX is as large as X."""
    return there_and_back(conv2d_backward, "left over", WIDE, (1, 3, 2, 3), 3, 0)


@conv2d_backward.case
def back_with_all_sizes_equal(conv2d_backward):
    """3 pictures, 3 channels, 3 filters of 3 by 3, padding 1: here no shape gives a mix-up away."""
    return there_and_back(conv2d_backward, "equal", EQUAL, (3, 3, 4, 4), 1, 1)


@conv2d_backward.case
def back_through_large_numbers(conv2d_backward):
    """Pixels around a million: dX doesn't depend on them, and dW isn't rounded."""
    X = inputs("dout large X", (2, 2, 4, 5), 1e6, 3e6)
    W, b = inputs("dout large W", (3, 2, 2, 2)), inputs("dout large b", 3)
    return there_and_back(conv2d_backward, "large", (X, W, b), (2, 3, 3, 4), 1, 0)


@conv2d_backward.case
def back_to_whole_numbers(conv2d_backward):
    """A picture of uint8 and a kernel of int64: the gradients are floats all the same."""
    W, dout = np.array([[[[2, -1]]]]), inputs("dout bytes", (1, 1, 3, 4))
    parts = conv2d_backward(dout, BYTES, W, np.array([1]), 1, 0)
    return {"gradients": parts, "hold": [kind(part) for part in parts]}


@conv2d_backward.case
def all_four_arrays_stay(conv2d_backward):
    """dout, X, W and b of the caller."""
    arrays = [array.copy() for array in WIDE]
    return inputs_after(conv2d_backward, inputs("dout kept", (1, 3, 7, 9)), *arrays, 1, 1)


# --- max_pool -----------------------------------------------------------------------------------------------------

max_pool = exercise(
    "max_pool",
    points=2,
    needs=["output_size"],
    returns="an array (n, c, h_out, w_out)",
    forbids=["torch.max_pool2d", "torch.nn.functional.max_pool2d", "torch.nn.MaxPool2d"],
    instead="Find the largest number of each window with NumPy.",
    hints=[
        "How large is a window, how far apart are two of them, and which axes does the maximum run over?",
        "sliding_window_view has the shape (n, c, places down, places across, size, size). Every stride-th place, and "
        "the maximum over the last two axes.",
        "Take all windows of size by size over the axes 2 and 3, keep every stride-th of them down and across, and take "
        "the maximum of each.",
    ],
)

NEGATIVE = inputs("pool X", (2, 3, 7, 6), -3, -0.5)
FOUR_BY_FOUR = np.array([[[[1.0, 3, 0, 2], [4, 2, 1, 1], [0, 1, 5, 0], [1, 0, 2, 3]]]])


@max_pool.case
def the_map_of_section_7(max_pool):
    """4 by 4, size 2, stride 2: (4, 2) and (1, 5)."""
    return max_pool(FOUR_BY_FOUR, 2, 2)


@max_pool.case
def windows_that_overlap(max_pool):
    """X (2, 3, 7, 6), all negative, size 3, stride 2: the result has the shape (2, 3, 3, 2)."""
    return max_pool(NEGATIVE, 3, 2)


@max_pool.case
def windows_with_gaps(max_pool):
    """X (2, 2, 5, 8), numbers of both signs, size 2, stride 3: (2, 2, 2, 3)."""
    return max_pool(inputs("pool gaps", (2, 2, 5, 8)), 2, 3)


@max_pool.case
def windows_that_stick_out_are_not_used(max_pool):
    """X (1, 2, 5, 7), size 2, stride 2: (1, 2, 2, 3). The last row and the last column are in no window."""
    X = inputs("pool out", (1, 2, 5, 7))
    X[:, :, -1], X[:, :, :, -1] = 9, 9
    return max_pool(X, 2, 2)


@max_pool.case
def as_many_maps_as_rows(max_pool):
    """X (3, 3, 3, 3), size 2, stride 1: each channel of each picture by itself."""
    return max_pool(inputs("pool equal", (3, 3, 3, 3)), 2, 1)


@max_pool.case
def the_type_of_x(max_pool):
    """Maps of uint8, float32 and int64 stay what they are."""
    types = (np.uint8, np.float32, np.int64)
    return [str(np.asarray(max_pool(np.ones((1, 2, 4, 3), dtype=type_), 2, 1)).dtype) for type_ in types]


@max_pool.case
def the_map_of_the_caller_stays(max_pool):
    return inputs_after(max_pool, inputs("pool kept", (2, 2, 4, 5)), 2, 2)


# --- max_pool_backward --------------------------------------------------------------------------------------------

max_pool_backward = exercise(
    "max_pool_backward",
    points=3,
    needs=["max_pool"],
    returns="an array of the shape of X",
    forbids=[
        "torch.max_pool2d",
        "torch.nn.functional.max_pool2d",
        "torch.nn.MaxPool2d",
        "torch.nn.functional.max_unpool2d",
        "torch.nn.MaxUnpool2d",
        "torch.Tensor.backward",
        "torch.autograd.backward",
        "torch.autograd.grad",
        "torch.autograd.functional.vjp",
        "torch.autograd.functional.jacobian",
        "torch.func.grad",
        "torch.func.vjp",
        "torch.func.jacrev",
    ],
    instead="Send each window's message to its winner yourself.",
    hints=[
        "One number of a window was passed on. By how much does the result change when another one of them is nudged?",
        "For each window: dX at its winner += dout of the window. All others get nothing from it.",
        "For each place find where in its window the largest number stands, and add the window's dout to dX there. Or "
        "for each (u, v): where the slice of X equals the maximum and nobody has taken it yet, add dout.",
    ],
)


def handed_out(dX, X, dout, size):
    """What each window has handed out, for windows side by side: to whom, and how much in all."""
    if np.shape(dX) != X.shape:
        return f"the shape is {np.shape(dX)}, not {X.shape}"
    n, c, h_out, w_out = dout.shape
    cut = (n, c, h_out, size, w_out, size)
    pixels, got = X.reshape(cut), np.asarray(dX, dtype=float).reshape(cut)
    wins = pixels == pixels.max(axis=(3, 5), keepdims=True)
    shares = got / dout.reshape(n, c, h_out, 1, w_out, 1)
    return {
        "handed out by each window": got.sum(axis=(3, 5)),
        "some of it to smaller pixels": bool(np.any(got[~wins] != 0)),
        "negative shares": bool(np.any(shares < -1e-12)),
    }


@max_pool_backward.case
def windows_side_by_side(max_pool_backward):
    """A map of 4 by 6, size 2, stride 2: each window's dout arrives at its largest number, and nowhere else."""
    X = np.array([[[[1.0, 3, 0, 2, -1, -4], [4, 2, 1, 1, -2, -3], [0, 1, 5, 0, 2, 7], [2, 0, 2, 3, 9, 8]]]])
    return max_pool_backward(np.array([[[[10.0, -20, 30], [-40, 0.5, 60]]]]), X, 2, 2)


@max_pool_backward.case
def one_pixel_wins_four_times(max_pool_backward):
    """3 by 3 with the largest number in the middle, size 2, stride 1: it gets 1 + 2 − 4 + 8 = 7."""
    X = np.array([[[[1.0, 2, 3], [4, 9, 5], [6, 7, 8]]]])
    return max_pool_backward(np.array([[[[1.0, 2], [-4, 8]]]]), X, 2, 1)


@max_pool_backward.case
def windows_that_overlap_on_the_way_back(max_pool_backward):
    """X (2, 3, 7, 6), all negative, size 3, stride 2: dout has the shape (2, 3, 3, 2)."""
    return max_pool_backward(inputs("pool dout", (2, 3, 3, 2)), NEGATIVE, 3, 2)


@max_pool_backward.case
def windows_with_gaps_on_the_way_back(max_pool_backward):
    """X (2, 2, 5, 8), size 2, stride 3: pixels in no window get 0."""
    return max_pool_backward(inputs("pool dout gaps", (2, 2, 2, 3)), inputs("pool gaps", (2, 2, 5, 8)), 2, 3)


@max_pool_backward.case
def as_many_maps_as_rows_on_the_way_back(max_pool_backward):
    """X (3, 3, 4, 4), size 2, stride 1: dout has the shape (3, 3, 3, 3)."""
    return max_pool_backward(inputs("pool dout equal", (3, 3, 3, 3)), inputs("pool back", (3, 3, 4, 4)), 2, 1)


@max_pool_backward.case
def pixels_that_are_equally_large(max_pool_backward):
    """Maps of 4 by 6 with the numbers 0, 1 and 2 only, size 2, stride 2: no window may hand out more than its dout."""
    X, dout = integer_inputs("pool tie", (2, 2, 4, 6), 3) * 1.0, inputs("pool tie dout", (2, 2, 2, 3), 0.5, 3)
    X[0, 0, :2, :2] = 0
    dout[:, 1] *= -1
    return handed_out(max_pool_backward(dout.copy(), X.copy(), 2, 2), X, dout, 2)


@max_pool_backward.case
def a_map_of_whole_numbers(max_pool_backward):
    """X of int64, the message 0.5 and −1.25: dX holds floats, and nothing of them is cut off."""
    X = np.array([[[[3, 1, 0, 2], [0, 2, 7, 1]]]])
    dX = max_pool_backward(np.array([[[[0.5, -1.25]]]]), X, 2, 2)
    return {"dX": dX, "holds": kind(dX)}


@max_pool_backward.case
def dout_and_x_stay(max_pool_backward):
    return inputs_after(
        max_pool_backward, inputs("pool dout kept", (2, 2, 3, 4)), inputs("pool kept", (2, 2, 4, 5)), 2, 1
    )


# --- dilate (stretch) ---------------------------------------------------------------------------------------------

dilate = exercise(
    "dilate",
    stretch=True,
    returns="an array (c_out, c_in, (kh−1)·dilation + 1, (kw−1)·dilation + 1)",
    hints=[
        "At which rows and columns of the larger kernel do the old entries stand?",
        "Entry (u, v) comes to (u · dilation, v · dilation); all else is 0. A slice with a step reaches just these.",
        "Make zeros of the new shape and assign W to every dilation-th row and column of the last two axes.",
    ],
)


@dilate.case
def a_kernel_of_2_by_3(dilate):
    """Dilation 2: 3 by 5, with a row and two columns of zeros between the old ones."""
    return dilate(np.array([[[[1.0, 2, 3], [4, 5, 6]]]]), 2)


@dilate.case
def filters_with_channels(dilate):
    """W (2, 3, 2, 4), dilation 3: (2, 3, 4, 10)."""
    return dilate(inputs("dilate W", (2, 3, 2, 4)), 3)


@dilate.case
def a_dilation_of_1(dilate):
    """It changes nothing."""
    return dilate(inputs("dilate one", (2, 2, 3, 3)), 1)


@dilate.case
def w_stays(dilate):
    return inputs_after(dilate, inputs("dilate kept", (2, 2, 3, 2)), 2)
