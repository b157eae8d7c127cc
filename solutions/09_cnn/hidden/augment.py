"""Held-out cases of `augment`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, reduced

from .shared import augmented, by_indices, put

augment = exercise("augment")


def tiles(n, c, h, w):
    """Pictures (n, c, h, w) of whole numbers, all unlike, none of them 0."""
    return np.arange(1, n * c * h * w + 1).reshape(n, c, h, w)


def how_it_came(result, picture, most):
    """All (down, right, mirrored) by which `picture` (c, h, w) could have become `result`, found pixel by pixel."""
    h, w = picture.shape[1:]
    found = []
    for mirrored in (False, True):
        for down in range(-most, most + 1):
            for right in range(-most, most + 1):
                expected = np.zeros_like(picture)
                for y in range(max(0, down), min(h, h + down)):
                    for x in range(max(0, right), min(w, w + right)):
                        from_x = w - 1 - (x - right) if mirrored else x - right
                        expected[:, y, x] = picture[:, y - down, from_x]
                if np.array_equal(expected, result):
                    found.append((down, right, mirrored))
    return found


def each_by_one_way(images, most):
    """A judge of what came of pictures: each must have come from its own by one way."""

    def of_results(results):
        if not isinstance(results, np.ndarray) or results.shape != images.shape or results.dtype.kind not in "uif":
            return "no such pictures"
        found = [how_it_came(result, image, most) for result, image in zip(results, images, strict=True)]
        return {"each by one way": all(len(way) == 1 for way in found), "type": str(results.dtype)}

    return reduced(of_results)


@augment.held_out(judge=each_by_one_way(tiles(12, 3, 4, 5), 3))
def large_shifts_of_small_pictures(augment):
    return augment(tiles(12, 3, 4, 5), np.random.default_rng(11), 3, False)


@augment.held_out(judge=each_by_one_way(tiles(12, 3, 5, 4).astype(np.float32), 1))
def mirrored_pictures_of_three_channels(augment):
    return augment(tiles(12, 3, 5, 4).astype(np.float32), np.random.default_rng(12), 1, True)


def different(results):
    """The bytes of each result, each once."""
    every = isinstance(results, list) and all(isinstance(result, np.ndarray) for result in results)
    return {result.tobytes() for result in results} if every else set()


def itself_and_mirrored(results):
    return {"two results": len(different(results)), "as it was": tiles(1, 1, 2, 3).tobytes() in different(results)}


@augment.held_out(judge=reduced(itself_and_mirrored))
def a_single_picture_without_shift(augment):
    return [augment(tiles(1, 1, 2, 3), np.random.default_rng(seed), 0, True) for seed in range(40)]


@augment.held_out(judge=reduced(lambda results: len(different(results)) > 1))
def rng_goes_on(augment):
    rng = np.random.default_rng(13)
    images = np.ones((4, 1, 6, 6))
    return [augment(images, rng, 2, False) for _ in range(6)]


@augment.mistake("same-shift-for-all", "One shift is drawn for the whole batch. Draw one for each picture.")
def one_shift(images, rng, max_shift, flip):
    down, right = rng.integers(-max_shift, max_shift + 1, 2)
    return augmented(images, rng, max_shift, flip, shift=lambda: (down, right))


@augment.mistake(
    "wraps-around", "np.roll brings pixels back on the other side: what is pushed out is lost, and the gap is 0."
)
def rolled(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, move=lambda p, down, right: np.roll(p, (down, right), (1, 2)))


@augment.mistake("edge-repeated", "You fill the gaps with the pixels at the edge. They must be 0.")
def edges_spread(images, rng, max_shift, flip):
    def move(picture, down, right):
        h, w, m = *picture.shape[1:], max_shift
        framed = np.pad(picture, ((0, 0), (m, m), (m, m)), mode="edge")
        return framed[:, m - down : m - down + h, m - right : m - right + w]

    return augmented(images, rng, max_shift, flip, move=move)


@augment.mistake("one-direction", "Pictures move down and to the right only: draw from −max_shift on.")
def only_forwards(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, shift=lambda: rng.integers(0, max_shift + 1, 2))


@augment.mistake("top-exclusive", "integers(low, high) leaves high out: integers(-max_shift, max_shift + 1).")
def never_the_largest(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, shift=lambda: rng.integers(-max_shift, max(max_shift, 1), 2))


@augment.mistake(
    "rounded-shift", "Rounding makes the two largest shifts half as likely. Draw whole numbers: rng.integers."
)
def rounded(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, shift=lambda: np.rint(rng.uniform(-max_shift, max_shift, 2)))


@augment.mistake("same-both-ways", "Pictures move as far down as to the right. Draw two shifts for each of them.")
def along_the_diagonal(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, shift=lambda: [rng.integers(-max_shift, max_shift + 1)] * 2)


@augment.mistake("sideways-only", "Pictures move sideways only. They move up and down, too: draw two shifts each.")
def across_only(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, shift=lambda: (0, rng.integers(-max_shift, max_shift + 1)))


@augment.mistake(
    "channels-apart", "Each channel has moved by itself. A picture moves as a whole, with all its channels."
)
def channel_by_channel(images, rng, max_shift, flip):
    def move(picture, down, right):
        steps = [rng.integers(-max_shift, max_shift + 1, 2) for _ in picture]
        return np.concatenate([put(one[None], *step) for one, step in zip(picture, steps, strict=True)])

    return augmented(images, rng, max_shift, flip, move=move)


@augment.mistake("axes-of-the-batch", "You move along the channels and the rows. Height and width are axes 2 and 3.")
def wrong_axes(images, rng, max_shift, flip):
    def move(picture, down, right):
        return np.moveaxis(put(np.moveaxis(picture, 2, 0), down, right), 0, 2)

    return augmented(images, rng, max_shift, flip, move=move)


@augment.mistake(
    "flips-upside-down", "Pictures stand on their head. Left to right means axis 3: images[i, :, :, ::-1]."
)
def upside_down(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, mirror=lambda p: p[:, ::-1] if flip and rng.random() < 0.5 else p)


@augment.mistake(
    "channels-mirrored", "You reverse the order of the channels. Left to right means the last axis: [:, :, ::-1]."
)
def channels_turned(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, mirror=lambda p: p[::-1] if flip and rng.random() < 0.5 else p)


@augment.mistake(
    "all-flipped-or-none", "One draw decides for the whole batch. Draw for each picture whether to mirror it."
)
def all_or_none(images, rng, max_shift, flip):
    yes = flip and rng.random() < 0.5
    return augmented(images, rng, max_shift, flip, mirror=lambda p: p[:, :, ::-1] if yes else p)


@augment.mistake("always-flips", "With flip every picture is mirrored. Draw for each: with probability one half.")
def all_mirrored(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, mirror=lambda p: p[:, :, ::-1] if flip else p)


@augment.mistake("never-flips", "With flip=True no picture is mirrored: mirror each with probability one half.")
def none_mirrored(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, mirror=lambda p: p)


@augment.mistake("flip-ignored", "You mirror although flip is False. A mirrored 2 is no 2: only if flip says so.")
def mirrors_anyway(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, mirror=lambda p: p[:, :, ::-1] if rng.random() < 0.5 else p)


@augment.mistake(
    "mirrored-not-moved", "A mirrored picture isn't moved any more. Each picture is moved, mirrored or not."
)
def either_or(images, rng, max_shift, flip):
    results = augmented(images, rng, max_shift, False)
    for i in range(len(images)):
        if flip and rng.random() < 0.5:
            results[i] = images[i, :, :, ::-1]
    return results


@augment.mistake("original-mirrored", "With flip nothing is moved: mirror the picture that you have moved.")
def moved_in_vain(images, rng, max_shift, flip):
    if not flip:
        return augmented(images, rng, max_shift, False)
    return augmented(images, rng, max_shift, True, move=lambda picture, down, right: picture)


@augment.mistake("input-changed", "You write into the array that was handed in. Put the results into a new one.")
def in_place(images, rng, max_shift, flip):
    images[...] = augmented(images, rng, max_shift, flip)
    return images


@augment.mistake("dtype-changed", "The type has changed: np.zeros makes float64. Take np.zeros_like(images).")
def as_float64(images, rng, max_shift, flip):
    return augmented(images.astype(float), rng, max_shift, flip)


@augment.mistake("frame-left", "The frame is still around the pictures: cut a window of their own size, h by w.")
def with_the_frame(images, rng, max_shift, flip):
    m = max_shift
    return augmented(np.pad(images, ((0, 0), (0, 0), (m, m), (m, m))), rng, m, flip)


@augment.mistake("rng-ignored", "You draw from NumPy's own generator. Draw from rng, which was handed in.")
def from_numpys(images, rng, max_shift, flip):
    return augmented(images, np.random.default_rng(np.random.randint(10**6)), max_shift, flip)


@augment.mistake("own-generator", "You make a generator of your own, so each call draws the same. Use rng.")
def its_own_generator(images, rng, max_shift, flip):
    return augmented(images, np.random.default_rng(0), max_shift, flip)


@augment.mistake("return-inside-loop", "You return inside the loop: all pictures but the first stay 0.")
def after_the_first_picture(images, rng, max_shift, flip):
    results = np.zeros_like(images)
    results[:1] = augmented(images[:1], rng, max_shift, flip)
    return results


@augment.mistake("return-missing", "The pictures are moved, but not returned.")
def nothing_comes_back(images, rng, max_shift, flip):
    augmented(images, rng, max_shift, flip)


@augment.mistake("nothing-moves", "The pictures come back as they were: copy the window that is moved by the shift.")
def unmoved(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, shift=lambda: (0, 0))


@augment.variant
def by_slices(images, rng, max_shift, flip):
    results = np.zeros(images.shape, dtype=images.dtype)
    h, w = images.shape[2:]
    for i in range(len(images)):
        dy = int(rng.integers(-max_shift, max_shift, endpoint=True))
        dx = int(rng.choice(np.arange(-max_shift, max_shift + 1)))
        to_y, to_x = slice(max(dy, 0), min(h, h + dy)), slice(max(dx, 0), min(w, w + dx))
        from_y, from_x = slice(max(-dy, 0), min(h, h - dy)), slice(max(-dx, 0), min(w, w - dx))
        results[i, :, to_y, to_x] = images[i, :, from_y, from_x]
        if flip and rng.integers(2) == 1:
            results[i] = results[i, :, :, ::-1].copy()
    return results


augment.variant(by_indices)


@augment.variant
def rolled_and_wiped(images, rng, max_shift, flip):
    results = images.copy()
    for picture in results:
        down, right = (int(np.floor(rng.random() * (2 * max_shift + 1))) - max_shift for _ in range(2))
        picture[...] = np.roll(picture, (down, right), axis=(1, 2))
        picture[:, :down] = 0 if down > 0 else picture[:, :down]
        picture[:, :, :right] = 0 if right > 0 else picture[:, :, :right]
        if down < 0:
            picture[:, down:] = 0
        if right < 0:
            picture[:, :, right:] = 0
        if flip and rng.uniform() < 0.5:
            picture[...] = np.fliplr(picture.transpose(1, 2, 0)).transpose(2, 0, 1)
    return results


augment.equivalent("L3 sibling function np.zeros_like→np.ones_like", "Every picture in it is overwritten.")
augment.equivalent("L4 swapped elements down, right→right, down", "Both shifts are drawn in the same way.")
augment.equivalent("L8 swapped elements top, left→left, top", "Both shifts are drawn in the same way.")
augment.equivalent(
    "L8 swapped elements max_shift - down, max_shift - right→max_shift - right, max_shift - down",
    "Both shifts are drawn in the same way.",
)
augment.equivalent(
    "L8 arithmetic operator max_shift - down→max_shift + down", "A shift and its negative are equally likely."
)
augment.equivalent(
    "L8 arithmetic operator max_shift - right→max_shift + right", "A shift and its negative are equally likely."
)
augment.equivalent("L5 comparison rng.random() < 0.5→rng.random() <= 0.5", "One half of the draws either way.")
augment.equivalent("L5 comparison rng.random() < 0.5→rng.random() >= 0.5", "One half of the draws either way.")
augment.equivalent("L6 constant 2→3", "A larger frame: no window reaches what was added.")
augment.equivalent("L6 constant 2→3 #2", "A larger frame: no window reaches what was added.")
