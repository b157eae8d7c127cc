"""Held-out cases of `sample`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, reduced

sample = exercise("sample")


FOUR = [0.0, 3.0, -2.0, 2.5]
NEGATIVE = np.array([-700.5, -701.0, -702.0], dtype=np.float32)


def times_drawn(sample, logits, temperature):
    """How often each number comes in 3000 draws: a row (number, times) for each."""
    rng, logits = np.random.default_rng(11), np.asarray(logits)
    draws = [int(sample(logits.copy(), temperature, rng)) for _ in range(3000)]
    return np.stack(np.unique(draws, return_counts=True), axis=1)


def shares_met(rows, logits, temperature):
    """Whether each number's share is that of softmax(logits / temperature) to within 0.06."""
    logits, (numbers, times) = np.asarray(logits), rows.T
    if numbers.min() < 0 or numbers.max() >= len(logits) or times.sum() != 3000:
        return False
    e = np.exp((logits - logits.max()) / temperature)
    return bool(np.abs(np.bincount(numbers, times, len(logits)) / 3000 - e / e.sum()).max() < 0.06)


@sample.held_out(judge=reduced(lambda rows: shares_met(rows, inputs("drawn logits", 12, -3, 3), 0.8)))
def many_classes(sample):
    return times_drawn(sample, inputs("drawn logits", 12, -3, 3), 0.8)


@sample.held_out(
    judge=reduced(lambda each: [shares_met(rows, FOUR, t) for rows, t in zip(each, (0.05, 40.0), strict=True)])
)
def very_hot_and_very_cold(sample):
    return [times_drawn(sample, FOUR, temperature) for temperature in (0.05, 40.0)]


@sample.held_out(judge=reduced(lambda rows: shares_met(rows, NEGATIVE, 0.7)))
def scores_of_float32_and_below_zero(sample):
    return times_drawn(sample, NEGATIVE, 0.7)


@sample.held_out
def other_temperatures_that_make_no_sense(sample):
    found = []
    for temperature in (0.0, -1e-9, -3):
        try:
            found.append(int(sample(np.array([1.0, 2.0]), temperature, np.random.default_rng(0))))
        except ValueError:
            found.append("refused")
    return found


def softmax_row(scores):
    """Probabilities of one row of scores."""
    e = np.exp(scores - np.max(scores))
    return e / e.sum()


def checked(temperature):
    if temperature <= 0:
        raise ValueError("the temperature must be above 0")


def drawn_from(probabilities):
    """sample, done right but for the probabilities, made by probabilities(logits, temperature)."""

    def draw(logits, temperature, rng):
        checked(temperature)
        p = probabilities(np.asarray(logits, dtype=float), temperature)
        return int(rng.choice(len(p), p=p))

    return draw


def right_draw(logits, temperature, rng):
    return drawn_from(lambda s, T: softmax_row(s / T))(logits, temperature, rng)


def unchecked(logits, temperature, rng):
    with np.errstate(all="ignore"):
        p = softmax_row(np.asarray(logits, dtype=float) / temperature)
    return int(rng.choice(len(p), p=p))


def with_overflow(scores):
    with np.errstate(all="ignore"):
        return np.exp(scores) / np.exp(scores).sum()


def refuses(wrong):
    """sample, done right but for a temperature that makes no sense: then wrong(logits, temperature, rng)."""

    def draw(logits, temperature, rng):
        return wrong(logits, temperature, rng) if temperature <= 0 else right_draw(logits, temperature, rng)

    return draw


def raises(error):
    def wrong(logits, temperature, rng):
        raise error

    return refuses(wrong)


def colder_each_time(logits, temperature, rng):
    checked(temperature)
    if logits.dtype.kind == "f":
        logits /= temperature
        return int(rng.choice(len(logits), p=softmax_row(logits)))
    return right_draw(logits, temperature, rng)


def largest(logits, temperature, rng):
    checked(temperature)
    return int(np.argmax(logits))


def not_from_rng(logits, temperature, rng):
    checked(temperature)
    return int(np.random.choice(len(logits), p=softmax_row(logits / temperature)))


def same_seed_each_time(logits, temperature, rng):
    return right_draw(logits, temperature, np.random.default_rng(0))


def one_hot_draw(logits, temperature, rng):
    checked(temperature)
    return rng.multinomial(1, softmax_row(logits / temperature))


def in_an_array(logits, temperature, rng):
    return np.array([right_draw(logits, temperature, rng)])


WRONG_DRAWS = {
    "temperature-multiplied": (
        "You multiplied by the temperature. Divide: a high one makes all alike, a low one sharpens.",
        drawn_from(lambda s, T: softmax_row(s * T)),
    ),
    "temperature-without-effect": (
        "The temperature changes nothing. Divide the scores by it before softmax; dividing probabilities cancels out.",
        drawn_from(lambda s, T: softmax_row(s)),
    ),
    "argmax": (
        "That is always the likeliest one. Draw with the probabilities: rng.choice(k, p=p).",
        largest,
    ),
    "uniform": (
        "All are drawn equally often. Hand the probabilities to choice: rng.choice(k, p=p).",
        drawn_from(lambda s, T: np.ones(len(s)) / len(s)),
    ),
    "negative-scores": (
        "The least likely comes most often: a minus is too much. softmax(scores / T).",
        drawn_from(lambda s, T: softmax_row(-s / T)),
    ),
    "divided-twice": (
        "You divided by the temperature twice. Once is enough.",
        drawn_from(lambda s, T: softmax_row(s / T**2)),
    ),
    "probabilities-for-scores": (
        "Softmax is applied twice, the second time to probabilities. Divide the scores by T and apply it once.",
        drawn_from(lambda s, T: softmax_row(softmax_row(s) / T)),
    ),
    "classes-backwards": (
        "The probabilities are in another order than the scores. Don't sort or turn them.",
        drawn_from(lambda s, T: softmax_row(s / T)[::-1]),
    ),
    "scores-as-probabilities": (
        "You divided the scores by their sum. Probabilities are made by softmax.",
        drawn_from(lambda s, T: (s / T) / np.sum(s / T)),
    ),
    "not-summing-to-1": (
        "Your probabilities don't sum to 1. Give softmax one row, scores[None]: a column makes ones, and exp alone isn't enough.",
        drawn_from(lambda s, T: np.exp((s - s.max()) / T)),
    ),
    "row-not-unpacked": (
        "p is still a table of one row, (1, k). Take its first row, p[0], before you draw.",
        drawn_from(lambda s, T: np.stack([softmax_row(s / T)])),
    ),
    "overflow": (
        "e to a large score is infinite, and ∞/∞ is nan. Your softmax subtracts the largest score first: use it.",
        drawn_from(lambda s, T: with_overflow(s / T)),
    ),
    "temperature-compounds": (
        "You divide the caller's scores in place, so they get colder with each call. Make a new array.",
        colder_each_time,
    ),
    "rng-ignored": (
        "You draw from NumPy's own generator. Draw from the rng you are given: rng.choice.",
        not_from_rng,
    ),
    "rng-made-anew": (
        "You make a new generator in each call, so the draw is always the same. Use the rng you are given.",
        same_seed_each_time,
    ),
    "one-hot": (
        "A row with a single 1 was returned. The number of the class is where it stands: argmax of that row.",
        one_hot_draw,
    ),
    "array-returned": (
        "An array of one number was returned (size=1 makes one). Return the int in it.",
        in_an_array,
    ),
    "counts-from-1": (
        "Your classes are 1 to k. They begin with 0.",
        lambda logits, temperature, rng: right_draw(logits, temperature, rng) + 1,
    ),
    "probability-returned": (
        "You return the probability of what was drawn. Return its number.",
        lambda logits, temperature, rng: float(softmax_row(logits / temperature)[right_draw(logits, temperature, rng)]),
    ),
    "zero-not-refused": (
        "T = 0 isn't refused by you, and NumPy complains of nan. Raise a ValueError that names the temperature.",
        unchecked,
    ),
    "zero-as-largest": (
        "A temperature of 0 or below gets an answer. It makes no sense here: raise a ValueError.",
        refuses(lambda logits, temperature, rng: int(np.argmax(logits))),
    ),
    "negative-not-refused": (
        "A negative temperature turns likely and unlikely round. Refuse it like 0: if temperature <= 0.",
        lambda logits, temperature, rng: (
            unchecked(logits, temperature, rng) if temperature < 0 else right_draw(logits, temperature, rng)
        ),
    ),
    "only-negative-refused": (
        "T = 0 gets through. The temperature must be above 0: refuse it with <=, not with <.",
        lambda logits, temperature, rng: (
            unchecked(logits, temperature, rng) if temperature == 0 else right_draw(logits, temperature, rng)
        ),
    ),
    "assertion": (
        "assert raises an AssertionError. The docstring asks for a ValueError: if …, raise ValueError(…).",
        raises(AssertionError("the temperature must be above 0")),
    ),
    "division-error": (
        "T = 0 ends in a ZeroDivisionError. Check the temperature first, and raise a ValueError.",
        raises(ZeroDivisionError("float division by zero")),
    ),
    "error-without-message": (
        "Your ValueError is empty. Say in its message what is wrong with the temperature.",
        raises(ValueError()),
    ),
    "none-for-zero": (
        "With T = 0 your function returns None, perhaps after a print. Raise a ValueError.",
        refuses(lambda *given: None),
    ),
    "message-returned": (
        "The message is returned as if it were a class. Raise a ValueError with it.",
        refuses(lambda *given: "the temperature must be above 0"),
    ),
}

for name, (message, wrong) in WRONG_DRAWS.items():
    sample.mistake(name, message, value=wrong)


@sample.variant
def by_cumulative_sum(logits, temperature, rng):
    if not temperature > 0:
        raise ValueError(f"T = {temperature} makes no sense")
    edges = np.cumsum(softmax_row(logits / temperature))
    return min(int(np.searchsorted(edges, rng.random())), len(logits) - 1)


@sample.variant
def by_gumbel(logits, temperature, rng):
    """The largest of scores with noise of the right kind."""
    checked(temperature)
    return np.argmax(logits / temperature + rng.gumbel(size=len(logits)))


@sample.variant
def by_multinomial(logits, temperature, rng):
    checked(temperature)
    p = softmax_row(np.array(logits, dtype=float)) ** (1 / temperature)
    return int(rng.multinomial(1, p / p.sum()).argmax())


sample.equivalent(
    "L4 dropped keyword dtype=float", "Dividing makes floats of whole numbers, and rng.choice takes float32 as well."
)
sample.equivalent("L5 constant 0→-1", "The table has one row: the first is the last.")
