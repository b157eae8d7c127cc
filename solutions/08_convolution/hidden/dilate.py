"""Held-out cases of `dilate`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

dilate = exercise("dilate")


@dilate.held_out
def far_apart(dilate):
    return [dilate(inputs(f"dilate {d}", (3, 1, 3, 2)), d) for d in (2, 4, 7)]


@dilate.held_out
def one_entry_has_no_neighbours(dilate):
    return [dilate(inputs("dilate one entry", (2, 2, 1, 1)), 3), dilate(inputs("dilate row", (1, 2, 1, 4)), 2)]


def pulled(W, down, across):
    c_out, c_in, kh, kw = W.shape
    apart = np.zeros((c_out, c_in, (kh - 1) * down + 1, (kw - 1) * across + 1))
    apart[:, :, ::down, ::across] = W
    return apart


@dilate.mistake("one-too-far", "There is a zero too many between neighbours: a dilation of 1 changes nothing.")
def one_more(W, dilation):
    return pulled(W, dilation + 1, dilation + 1)


@dilate.mistake(
    "zeros-behind-the-last", "There are zeros behind the last row and column. The size is (k − 1)·dilation + 1."
)
def k_times_dilation(W, dilation):
    c_out, c_in, kh, kw = W.shape
    apart = np.zeros((c_out, c_in, kh * dilation, kw * dilation))
    apart[:, :, ::dilation, ::dilation] = W
    return apart


@dilate.mistake("repeated", "You repeated the entries. The gaps are filled with zeros, so there are no more weights.")
def made_larger(W, dilation):
    return W.repeat(dilation, axis=2).repeat(dilation, axis=3)


@dilate.mistake("height-only", "Only the rows are pulled apart. The columns are as well.")
def rows_apart(W, dilation):
    return pulled(W, dilation, 1)


@dilate.mistake("width-only", "Only the columns are pulled apart. The rows are as well.")
def columns_apart(W, dilation):
    return pulled(W, 1, dilation)


@dilate.mistake("edge-for-gaps", "The zeros are around the kernel. They belong between its entries.")
def edge_of_zeros(W, dilation):
    kh, kw = W.shape[2:]
    right = np.zeros((*W.shape[:2], (kh - 1) * dilation + 1, (kw - 1) * dilation + 1))
    right[:, :, :kh, :kw] = W
    return right


@dilate.mistake("all-axes-apart", "Filters and channels are pulled apart, too. Only the last two axes are.")
def four_axes_apart(W, dilation):
    apart = np.zeros([(k - 1) * dilation + 1 for k in W.shape])
    apart[::dilation, ::dilation, ::dilation, ::dilation] = W
    return apart


@dilate.variant
def entry_by_entry(W, dilation):
    kh, kw = W.shape[2:]
    apart = np.zeros((*W.shape[:2], (kh - 1) * dilation + 1, (kw - 1) * dilation + 1))
    for u, v in np.ndindex(kh, kw):
        apart[:, :, u * dilation, v * dilation] = W[:, :, u, v]
    return apart


@dilate.variant
def by_kron(W, dilation):
    kh, kw = W.shape[2:]
    one = np.zeros((1, 1, dilation, dilation))
    one[0, 0, 0, 0] = 1
    return np.kron(W, one)[:, :, : (kh - 1) * dilation + 1, : (kw - 1) * dilation + 1]
