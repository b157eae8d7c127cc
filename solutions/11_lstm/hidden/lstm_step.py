"""Held-out cases of `lstm_step`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs

from .shared import CACHE, cell, parameters, sigma

lstm_step = exercise("lstm_step")


@lstm_step.held_out
def two_steps_in_a_row(lstm_step):
    h, c = inputs("held h", (4, 3), -1, 1), inputs("held c", (4, 3))
    given = parameters("held", 2, 3)
    for t in range(2):
        h, c, _ = lstm_step(inputs(f"held x{t}", (4, 2)), h, c, *given)
    return h, c


@lstm_step.held_out
def one_unit_and_one_feature(lstm_step):
    return lstm_step(np.array([[0.5]]), np.array([[-0.25]]), np.array([[2.0]]), *parameters("tiny", 1, 1))[:2]


@lstm_step.held_out
def more_units_than_samples(lstm_step):
    h, c = inputs("wide h", (1, 7), -1, 1), inputs("wide c", (1, 7))
    return lstm_step(inputs("wide x", (1, 3)), h, c, *parameters("wide", 3, 7))[:2]


@lstm_step.mistake("order-ifog", "You read the columns as i, f, o, g. Here they are i, f, g, o, as in torch.")
def ifog(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, order="ifog")


@lstm_step.mistake("input-and-forget-exchanged", "Input and forget gate are exchanged: c = f · c + i · g.")
def figo(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, order="figo")


@lstm_step.mistake("order-fiog", "You read the columns as f, i, o, g. Here they are i, f, g, o, as in torch.")
def fiog(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, order="fiog")


@lstm_step.mistake("order-gifo", "You read the columns as g, i, f, o. Here they are i, f, g, o, as in torch.")
def gifo(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, order="gifo")


@lstm_step.mistake("no-tanh-on-c", "h = o · tanh(c): the tanh around the new c is missing.")
def bare_c(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, show=lambda o, new: o * new)


@lstm_step.mistake("sigmoid-on-c", "What is shown is o · tanh(c); you put a sigmoid there.")
def sigmoid_of_c(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, show=lambda o, new: o * sigma(new))


@lstm_step.mistake("added-not-multiplied", "The input gate scales g: f · c + i · g, not f · c + i + g.")
def i_plus_g(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: f * c + i + g)


@lstm_step.mistake("input-gate-missing", "g is written down whole. The input gate says how much of it: i · g.")
def no_input_gate(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: f * c + g)


@lstm_step.mistake("forget-gate-missing", "The old c is kept whole. The forget gate says how much of it stays: f · c.")
def no_forget_gate(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: c + i * g)


@lstm_step.mistake("output-gate-missing", "The output gate is missing: h = o · tanh(c).")
def no_output_gate(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, show=lambda o, new: np.tanh(new))


@lstm_step.mistake("sigmoid-for-g", "g may be negative, or c could only grow: tanh, not sigmoid.")
def sigmoid_g(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, bends=(sigma, sigma, sigma, sigma))


@lstm_step.mistake("g-without-tanh", "The third block needs its bend: g = tanh(…).")
def straight_g(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, bends=(sigma, sigma, lambda z: z, sigma))


@lstm_step.mistake("tanh-for-gates", "Gates lie between 0 and 1: sigmoid for i, f and o. Only g gets a tanh.")
def tanh_everywhere(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, bends=(np.tanh,) * 4)


@lstm_step.mistake(
    "gates-without-sigmoid", "The gates are used as they come out of the product. Put sigmoid on i, f and o."
)
def straight_gates(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, bends=(lambda z: z, lambda z: z, np.tanh, lambda z: z))


@lstm_step.mistake("forget-inverted", "f says what stays: 1 keeps, 0 forgets. Multiply c by f, not by 1 − f.")
def inverted(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: (1 - f) * c + i * g)


@lstm_step.mistake("c-not-carried", "The old c is lost: the new one is f · c + i · g.")
def forgotten_c(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: i * g)


@lstm_step.mistake("coupled", "You take i = 1 − f. Here the input gate has a block of its own, the first.")
def coupled_gates(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: f * c + (1 - f) * g)


@lstm_step.mistake("h-for-c", "You carry h where c belongs: the new c is f · c + i · g.")
def h_carried(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, mix=lambda i, f, g, o: f * h + i * g)


@lstm_step.mistake("old-c-in-h", "h shows the new c, not the old one: o · tanh(new c).")
def old_c(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b, show=lambda o, new: o * np.tanh(c))


@lstm_step.mistake(
    "gates-interleaved", "The gates are four blocks side by side, not alternating columns: split along axis 1."
)
def alternating(x, h, c, Wx, Wh, b):
    z = x @ Wx + h @ Wh + b
    apart = z.reshape(len(z), -1, 4).transpose(0, 2, 1).reshape(len(z), -1)
    return cell(x, h, c, Wx, Wh, b, z=apart)


@lstm_step.mistake("bias-missing", "The bias is missing: z = x Wx + h Wh + b.")
def no_bias(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, 0 * b)


@lstm_step.mistake("bias-twice", "The bias is added twice. Here there is one: z = x Wx + h Wh + b.")
def two_biases(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, 2 * b)


@lstm_step.mistake("h-not-used", "The hidden state before is missing: z = x Wx + h Wh + b.")
def blind_to_h(x, h, c, Wx, Wh, b):
    return cell(x, 0 * h, c, Wx, Wh, b)


@lstm_step.mistake("x-not-used", "What is read is missing: z = x Wx + h Wh + b.")
def blind_to_x(x, h, c, Wx, Wh, b):
    return cell(0 * x, h, c, Wx, Wh, b)


@lstm_step.mistake("c-in-place-of-h", "The products need h, what was shown, not c: z = x Wx + h Wh + b.")
def c_into_the_product(x, h, c, Wx, Wh, b):
    return cell(x, c, c, Wx, Wh, b)


@lstm_step.mistake("states-exchanged", "h and c are returned in the wrong order: (h, c, cache).")
def c_first(x, h, c, Wx, Wh, b):
    shown, new, cache = cell(x, h, c, Wx, Wh, b)
    return new, shown, cache


@lstm_step.mistake("old-c-returned", "You return the c that came in. The new one is f · c + i · g.")
def c_that_came(x, h, c, Wx, Wh, b):
    shown, _, cache = cell(x, h, c, Wx, Wh, b)
    return shown, c, cache


@lstm_step.mistake("cache-forgotten", "The cache is missing: return (h, c, cache).")
def no_cache(x, h, c, Wx, Wh, b):
    return cell(x, h, c, Wx, Wh, b)[:2]


@lstm_step.mistake("return-missing", "The step is computed, but not returned.")
def silent_step(x, h, c, Wx, Wh, b):
    cell(x, h, c, Wx, Wh, b)


@lstm_step.mistake("c-changed", "Your step changes the caller's c. Make a new array: c = f * c + …, not c *= f.")
def in_place(x, h, c, Wx, Wh, b):
    shown, new, cache = cell(x, h, c.astype(float), Wx, Wh, b)
    if c.dtype.kind == "f":
        c[:] = new
    return shown, new, cache


@lstm_step.variant
def by_slices(x, h, c, Wx, Wh, b):
    k = h.shape[1]
    z = np.hstack([x, h]) @ np.vstack([Wx, Wh]) + b
    i, f, g, o = sigma(z[:, :k]), sigma(z[:, k : 2 * k]), np.tanh(z[:, 2 * k : 3 * k]), sigma(z[:, 3 * k :])
    new = c * f + g * i
    return np.tanh(new) * o, new, {"everything": (x, h, c, Wx, Wh, b)}


@lstm_step.variant
def four_products(x, h, c, Wx, Wh, b):
    zs = [x @ wx + h @ wh + part for wx, wh, part in zip(*(np.split(W, 4, axis=-1) for W in (Wx, Wh, b)), strict=True)]
    i, f, o = (0.5 * (1 + np.tanh(zs[k] / 2)) for k in (0, 1, 3))
    new = f * c + i * np.tanh(zs[2])
    return [o * np.tanh(new), new, None]


lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→h, x, c, Wx, Wh, i, f, g, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, c, h, Wx, Wh, i, f, g, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, Wx, c, Wh, i, f, g, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, c, Wh, Wx, i, f, g, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, c, Wx, i, Wh, f, g, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, c, Wx, Wh, f, i, g, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, c, Wx, Wh, i, g, f, o, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, c, Wx, Wh, i, f, o, g, tanh_c", CACHE
)
lstm_step.equivalent(
    "L6 swapped elements x, h, c, Wx, Wh, i, f, g, o, tanh_c→x, h, c, Wx, Wh, i, f, g, tanh_c, o", CACHE
)
lstm_step.equivalent("L2 axis axis=1→axis=-1", "z has two axes.")
