"""Held-out cases of `train_logistic`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, integer_inputs, labels_right
from course.data import breast_cancer

from .shared import certainty, right_gradient, walk

train_logistic = exercise("train_logistic")


@train_logistic.held_out
def a_random_table_for_a_few_steps(train_logistic):
    X, y = inputs("train logistic", (9, 2)), integer_inputs("train logistic y", 9, 2)
    return train_logistic(X, y, 0.7, 5)


@train_logistic.held_out
def a_second_call_starts_anew(train_logistic):
    X, y = inputs("train logistic again", (5, 4)), np.array([1, 0, 1, 1, 0])
    first = [np.array(part) for part in train_logistic(X, y, 0.3, 2)]
    return [first, train_logistic(X, y, 0.3, 2)]


def other_half():
    """As in the visible case, but learning from the other half: X and y to learn from, X and y to be judged by."""
    data = breast_cancer()
    X, y = data.X, (data.y == data.classes.index("malignant")).astype(int)
    mean, spread = X[1::2].mean(axis=0), X[1::2].std(axis=0)
    return (X[1::2] - mean) / spread, y[1::2], (X[::2] - mean) / spread, y[::2]


@train_logistic.held_out(judge=labels_right(other_half()[3], 0.95))
def the_other_half_of_the_tumours(train_logistic):
    X, y, X_unseen, _ = other_half()
    w, b = train_logistic(X, y, 0.5, 200)
    return (X_unseen @ np.asarray(w) + b > 0).astype(int)


def train(X, y, lr, steps, w=None, b=0.0):
    """Right training, from any start, for the mistakes below."""
    w = np.zeros(X.shape[1]) if w is None else w
    for _ in range(steps):
        dw, db = right_gradient(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return w, b


@train_logistic.mistake("uphill", "The loss grows: the gradient points uphill, so subtract it.")
def upwards(X, y, lr, steps):
    return train(X, y, -lr, steps)


@train_logistic.mistake("bias-uphill", "w goes downhill, but b goes up: subtract lr · db as well.")
def bias_upwards(X, y, lr, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        dw, db = right_gradient(X, y, w, b)
        w, b = w - lr * dw, b + lr * db
    return w, b


@train_logistic.mistake("bias-never-updated", "The bias learns too: b ← b − lr · db.")
def bias_stays(X, y, lr, steps):
    w = np.zeros(X.shape[1])
    for _ in range(steps):
        w = w - lr * right_gradient(X, y, w, 0.0)[0]
    return w, 0.0


@train_logistic.mistake("rate-not-for-bias", "You left lr out for the bias: b ← b − lr · db.")
def bias_in_full_steps(X, y, lr, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        dw, db = right_gradient(X, y, w, b)
        w, b = w - lr * dw, b - db
    return w, b


@train_logistic.mistake("rate-forgotten", "The learning rate is missing: a step is lr times the gradient.")
def in_full_steps(X, y, lr, steps):
    return train(X, y, 1.0, steps)


@train_logistic.mistake(
    "gradient-before-loop",
    "The gradient was computed once, before the loop. It changes with w and b: compute it in each step.",
)
def one_gradient_for_all(X, y, lr, steps):
    dw, db = right_gradient(X, y, np.zeros(X.shape[1]), 0.0)
    return -lr * steps * dw, -lr * steps * db


@train_logistic.mistake(
    "starts-over", "w and b are set back to zero in every step, so only the last one counts. Set them once, before."
)
def starts_over(X, y, lr, steps):
    return train(X, y, lr, min(steps, 1))


@train_logistic.mistake(
    "one-after-the-other",
    "w had moved already when you asked for db. Compute dw and db together, then change both.",
)
def weights_first(X, y, lr, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        w = w - lr * right_gradient(X, y, w, b)[0]
        b = b - lr * right_gradient(X, y, w, b)[1]
    return w, b


@train_logistic.mistake(
    "sample-by-sample", "You took a step for every single sample. Here a step is made of all samples together."
)
def one_sample_at_a_time(X, y, lr, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        for i in range(len(y)):
            w, b = train(X[i : i + 1], y[i : i + 1], lr, 1, w, b)
    return w, b


@train_logistic.mistake("starts-from-ones", "You started from ones. It should be w = zeros and b = 0.")
def from_ones(X, y, lr, steps):
    return train(X, y, lr, steps, np.ones(X.shape[1]))


@train_logistic.mistake("bias-starts-at-one", "Your bias starts at 1. It should start at 0, like the weights.")
def bias_from_one(X, y, lr, steps):
    return train(X, y, lr, steps, None, 1.0)


@train_logistic.mistake("one-step-too-many", "You took one step too many: range(steps) gives exactly `steps` of them.")
def one_more(X, y, lr, steps):
    return train(X, y, lr, steps + 1)


@train_logistic.mistake(
    "result-thrown-away", "w and b never change. Keep the new ones: w = w − lr · dw, and b likewise."
)
def never_changed(X, y, lr, steps):
    return np.zeros(X.shape[1]), 0.0


@train_logistic.mistake("bias-not-returned", "Return both, w and b: `return w, b`.")
def without_the_bias(X, y, lr, steps):
    return train(X, y, lr, steps)[0]


@train_logistic.mistake("order-swapped", "The order of what you return is the other way round: first w, then b.")
def the_bias_first(X, y, lr, steps):
    return train(X, y, lr, steps)[::-1]


@train_logistic.mistake(
    "returns-inside-loop", "You return inside the loop, after the first step. `return` belongs below the loop."
)
def returns_at_once(X, y, lr, steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        return train(X, y, lr, 1, w, b)


@train_logistic.mistake(
    "gradient-returned", "You returned the last gradient, (dw, db). Return what was learned: (w, b)."
)
def last_gradient(X, y, lr, steps):
    dw, db = np.zeros(X.shape[1]), 0.0
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        dw, db = right_gradient(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return dw, db


@train_logistic.mistake("inputs-changed", "You changed the caller's X. Make a new array instead of writing into it.")
def divides_in_place(X, y, lr, steps):
    learned = train(X.copy(), y, lr, steps)
    X -= X.mean(axis=0)
    return learned


@train_logistic.variant
def in_one_array(X, y, lr, steps):
    wider, both = np.column_stack([X, np.ones(len(X))]), np.zeros(X.shape[1] + 1)
    for _ in range(steps):
        both -= lr * wider.T @ (certainty(wider @ both) - y) / len(y)
    return both[:-1], both[-1]


@train_logistic.variant
def with_a_while(X, y, lr, steps):
    w, b, step = np.zeros(X.shape[1]), 0, 0
    while step < steps:
        dw, db = right_gradient(X, y, w, b)
        w -= lr * dw
        b -= lr * db
        step += 1
    return w, b


@train_logistic.variant
def by_gradient_descent(X, y, lr, steps):
    def gradient(both):
        return np.append(*right_gradient(X, y, both[:-1], both[-1]))

    end = walk(gradient, np.zeros(X.shape[1] + 1), lr, steps)[-1]
    return end[:-1], float(end[-1])


train_logistic.equivalent("L2 constant 1→-1", "X has two axes: axis 1 is the last one.")
