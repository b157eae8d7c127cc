"""The pictures that lie on the workbench: brightness from 0 (black) to 1 (white)."""

from functools import cache

import numpy as np
from sklearn.datasets import load_sample_image

from course.data import digits

PHOTO, DIGIT, CHECKER, DRAW = "photo", "digit", "checker", "draw"
IMAGES = (PHOTO, DIGIT, CHECKER, DRAW)
PAPER = (24, 32)  # rows and columns to draw on
PEN = 0.9  # its radius, in pixels
BLANK = "0" * (PAPER[0] * PAPER[1] // 4)
SQUARE = 4  # pixels of a square of the checkerboard
ENLARGED = 4


def image(state):
    """The picture that a state shows."""
    if state["image"] == PHOTO:
        return photo()
    if state["image"] == DIGIT:
        return digit(state["digit"])
    return checker() if state["image"] == CHECKER else drawn(state["drawing"])


@cache
def photo():
    """Part of a photograph of a temple, 96×128 (picture: Daniel Büchele, CC BY 2.0; ships with scikit-learn)."""
    grey = load_sample_image("china.jpg") @ np.array([0.299, 0.587, 0.114]) / 255
    return grey[90:282, 70:326].reshape(96, 2, 128, 2).mean(axis=(1, 3))


@cache
def digit(which):
    """A handwritten digit of 8×8 pixels, enlarged to 32×32 without steps."""
    small = digits().X[which].reshape(8, 8) / 16
    places = np.clip((np.arange(8 * ENLARGED) + 0.5) / ENLARGED - 0.5, 0, 7)
    wide = np.stack([np.interp(places, np.arange(8), row) for row in small])
    return np.stack([np.interp(places, np.arange(8), column) for column in wide.T], axis=1)


@cache
def checker():
    """A checkerboard of 24×32 pixels."""
    rows, columns = np.indices((24, 32)) // SQUARE
    return ((rows + columns) % 2).astype(float)


# --- drawing --------------------------------------------------------------------------------------------


def drawn(drawing):
    """The drawing as brightness: white ink on black paper. `drawing` has a bit for each pixel, in hexadecimal."""
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(drawing), np.uint8))
    return bits.reshape(PAPER).astype(float)


def packed(pixels):
    return np.packbits(pixels > 0.5).tobytes().hex()


def with_stroke(drawing, points):
    """The drawing with the line through these points (column, row) as well."""
    pixels = drawn(drawing)
    rows, columns = np.indices(PAPER)
    for (ax, ay), (bx, by) in zip(points, points[1:], strict=False):
        dx, dy = bx - ax, by - ay
        length = dx * dx + dy * dy
        share = 0.0 if length == 0 else np.clip(((columns - ax) * dx + (rows - ay) * dy) / length, 0, 1)
        pixels[(columns - ax - share * dx) ** 2 + (rows - ay - share * dy) ** 2 <= PEN**2] = 1.0
    return packed(pixels)


def with_flipped(drawing, row, column):
    """The drawing with one pixel inked, or cleared if it was."""
    pixels = drawn(drawing)
    if 0 <= row < PAPER[0] and 0 <= column < PAPER[1]:
        pixels[row, column] = 1 - pixels[row, column]
    return packed(pixels)
