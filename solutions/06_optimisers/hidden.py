"""What stays with the author of lesson 06: held-out cases, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise, inputs, inputs_after

# --- momentum_step ------------------------------------------------------------------------------------------------

momentum_step = exercise("momentum_step")


@momentum_step.held_out
def many_steps_in_a_bowl(momentum_step):
    w, v = inputs("momentum bowl", (3, 4)), np.zeros((3, 4))
    for _ in range(6):
        w, v = momentum_step(w, w * np.arange(1.0, 5.0), v, 0.15, 0.6)
    return w, v


@momentum_step.held_out
def without_memory_and_with_single_numbers(momentum_step):
    arrays = [inputs(f"momentum plain {name}", 4) for name in "wgv"]
    return momentum_step(*arrays, 0.5, 0.0), momentum_step(2.0, -1.5, 0.5, 0.1, 0.99)


@momentum_step.mistake(
    "one-minus-beta", "You scale g by 1 − beta, which is another convention. Here it is v = beta · v + g."
)
def averaged(w, g, v, lr, beta):
    v = beta * v + (1 - beta) * g
    return w - lr * v, v


@momentum_step.mistake(
    "rate-in-velocity",
    "You put lr into the velocity, which is another convention. Here v = beta · v + g, and w moves by lr · v.",
)
def rate_inside(w, g, v, lr, beta):
    v = beta * v + lr * g
    return w - v, v


@momentum_step.mistake(
    "negative-velocity",
    "Your velocity points downhill and holds lr, another convention. Here v = beta · v + g, and w = w − lr · v.",
)
def downhill_velocity(w, g, v, lr, beta):
    v = beta * v - lr * g
    return w + v, v


@momentum_step.mistake(
    "velocity-sign",
    "The gradient is subtracted twice, so you climb: add g to the velocity, then subtract lr · v from w.",
)
def minus_twice(w, g, v, lr, beta):
    v = beta * v - g
    return w - lr * v, v


@momentum_step.mistake("ascent", "You climb: lr times the velocity is subtracted from w.")
def uphill(w, g, v, lr, beta):
    v = beta * v + g
    return w + lr * v, v


@momentum_step.mistake(
    "old-velocity", "w moved with the old velocity. First the new one, v = beta · v + g, then the step."
)
def with_the_old_one(w, g, v, lr, beta):
    return w - lr * v, beta * v + g


@momentum_step.mistake("velocity-unused", "w moved by lr · g, as without momentum. It is the velocity that moves it.")
def plain_step(w, g, v, lr, beta):
    return w - lr * g, beta * v + g


@momentum_step.mistake("beta-forgotten", "The velocity never fades: beta is missing. v = beta · v + g.")
def never_fades(w, g, v, lr, beta):
    v = v + g
    return w - lr * v, v


@momentum_step.mistake("beta-on-gradient", "You multiplied the gradient by beta. It is the old velocity that fades.")
def gradient_fades(w, g, v, lr, beta):
    v = v + beta * g
    return w - lr * v, v


@momentum_step.mistake(
    "velocity-not-handed-back", "You return the velocity that was handed in. Return the new one, or nothing piles up."
)
def old_velocity_returned(w, g, v, lr, beta):
    return w - lr * (beta * v + g), v


@momentum_step.mistake("only-w", "You return w alone. The velocity must be handed back too: return w, v.")
def weights_alone(w, g, v, lr, beta):
    return w - lr * (beta * v + g)


@momentum_step.mistake("pair-swapped", "The pair is turned around: w comes first, then v.")
def velocity_first(w, g, v, lr, beta):
    v = beta * v + g
    return v, w - lr * v


@momentum_step.mistake(
    "nesterov", "You look one step further ahead (Nesterov's method). Here w moves by lr · v, no more."
)
def looking_ahead(w, g, v, lr, beta):
    v = beta * v + g
    return w - lr * (g + beta * v), v


@momentum_step.mistake(
    "arrays-changed", "You changed the caller's arrays (`*=`, `+=`, `-=` do). Make new ones: v = beta * v + g."
)
def in_place(w, g, v, lr, beta):
    v *= beta
    v += g
    w -= lr * v
    return w, v


@momentum_step.variant
def in_new_arrays(w, g, v, lr, beta):
    new = np.multiply(beta, v)
    new = np.add(new, g)
    return [w + (-lr) * new, new]


@momentum_step.variant
def in_one_line(w, g, v, lr, beta):
    return w - lr * beta * v - lr * g, g + v * beta


# --- adam_step ----------------------------------------------------------------------------------------------------

adam_step = exercise("adam_step")


@adam_step.held_out
def many_adam_steps(adam_step):
    w, m, v = inputs("adam bowl", (2, 3)), np.zeros((2, 3)), np.zeros((2, 3))
    for t in range(1, 8):
        w, m, v = adam_step(w, w * np.array([0.01, 1.0, 100.0]), m, v, t, 0.3, 0.85, 0.97, 1e-6)
    return w, m, v


@adam_step.held_out
def zero_gradients_and_a_late_step(adam_step):
    w, m = inputs("adam late w", 3), inputs("adam late m", 3)
    zero = np.zeros(3)
    return adam_step(w, zero, zero, zero, 1, 0.1, 0.9, 0.999, 1e-8), adam_step(
        w, -w, m, np.array([0.5, 1.0, 2.0]), 200, 0.05, 0.9, 0.99, 1e-3
    )


def averages(g, m, v, beta1, beta2):
    """The right new averages, for the mistakes below."""
    return beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2


@adam_step.mistake(
    "no-correction",
    "m and v start at 0 and are too small at first. For the step divide them by 1 − beta to the power t.",
)
def uncorrected(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (np.sqrt(v) + eps), m, v


@adam_step.mistake("only-m-corrected", "Only m was corrected. v is too small at first as well: v / (1 − β₂ᵗ).")
def first_moment_only(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v) + eps), m, v


@adam_step.mistake("only-v-corrected", "Only v was corrected. m is too small at first as well: m / (1 − β₁ᵗ).")
def second_moment_only(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake(
    "corrected-returned",
    "You return the corrected averages. They are for this step only; hand back m and v as they are kept.",
)
def feeds_back(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    m, v = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - lr * m / (np.sqrt(v) + eps), m, v


@adam_step.mistake("counted-from-0", "t is counted from 1 already; you took one off, and 1 − β⁰ is 0. Use t as it is.")
def one_step_behind(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    with np.errstate(all="ignore"):
        step = (m / (1 - beta1 ** (t - 1))) / (np.sqrt(v / (1 - beta2 ** (t - 1))) + eps)
    return w - lr * step, m, v


@adam_step.mistake("counted-from-2", "t is counted from 1 already; you added one. Use t as it is.")
def one_step_ahead(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1 ** (t + 1)) / (np.sqrt(v / (1 - beta2 ** (t + 1))) + eps), m, v


@adam_step.mistake("times-t", "You multiplied beta by t. The correction has a power: 1 − beta**t.")
def product_for_power(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    with np.errstate(all="ignore"):
        return w - lr * m / (1 - beta1 * t) / (np.sqrt(v / (1 - beta2 * t)) + eps), m, v


@adam_step.mistake("times-t-in-m", "You multiplied β₁ by t. The correction has a power: 1 − beta1**t.")
def product_for_power_in_m(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    with np.errstate(all="ignore"):
        return w - lr * m / (1 - beta1 * t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake(
    "power-of-the-bracket", "Your power takes in the bracket: (1 − beta)**t. Only beta has it: 1 − beta**t."
)
def bracket_to_the_power(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1) ** t / (np.sqrt(v / (1 - beta2) ** t) + eps), m, v


@adam_step.mistake("correction-without-t", "You divide by 1 − beta in every step. It is 1 − beta to the power t.")
def always_the_first(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1) / (np.sqrt(v / (1 - beta2)) + eps), m, v


@adam_step.mistake("eps-in-root", "eps stands under the root in your code. Add it after the root: √v̂ + eps.")
def eps_under_the_root(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps), m, v


@adam_step.mistake(
    "eps-corrected-too", "Your correction scales eps as well. First correct v, then take the root, then add eps."
)
def eps_scaled(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * np.sqrt(1 - beta2**t) / (1 - beta1**t) * m / (np.sqrt(v) + eps), m, v


@adam_step.mistake(
    "eps-outside-the-quotient", "eps was added to w, not to the root: a bracket is missing. m̂ / (√v̂ + eps)."
)
def eps_added_to_w(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)) + eps, m, v


@adam_step.mistake(
    "eps-added-to-the-step", "eps was added to the step, not to the root: a bracket is missing. m̂ / (√v̂ + eps)."
)
def eps_added_to_the_step(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - (lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake("eps-times-rate", "eps was added to m̂ / √v̂, not to the root: a bracket is missing. m̂ / (√v̂ + eps).")
def eps_added_to_the_quotient(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * (m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake("eps-forgotten", "eps is missing: with gradients of 0 the step would be 0/0. Add it to the root.")
def without_eps(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    with np.errstate(all="ignore"):
        return w - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)), m, v


@adam_step.mistake("eps-accumulates", "eps slipped into the v that you return, and piles up. Add it for the step only.")
def eps_kept(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    v = v + eps
    return w - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)), m, v


@adam_step.mistake("g-not-squared", "v averages the squares of the gradients: (1 − β₂) · g².")
def average_of_g(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g
    with np.errstate(all="ignore"):
        return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake("no-root", "The root is missing: divide by √v̂ + eps. v holds squares, and the step needs a size.")
def without_root(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (v / (1 - beta2**t) + eps), m, v


@adam_step.mistake("ascent", "You climb: the step is subtracted from w.")
def adam_uphill(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w + lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake(
    "gradient-for-m", "The step uses the gradient itself. Use the corrected average of the gradients, m̂."
)
def gradient_over_root(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * g / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake("betas-swapped", "The betas are exchanged: beta1 belongs to m, beta2 to v.")
def other_betas(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta2, beta1)
    return w - lr * m / (1 - beta2**t) / (np.sqrt(v / (1 - beta1**t)) + eps), m, v


@adam_step.mistake(
    "shares-missing", "You add g and g² in full. In an average the new one counts 1 − beta: beta · m + (1 − beta) · g."
)
def sums_for_averages(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = beta1 * m + g, beta2 * v + g**2
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adam_step.mistake("only-w", "You return w alone. The averages must be handed back too: return w, m, v.")
def only_the_weights(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)


@adam_step.mistake("old-averages-returned", "You return the averages that were handed in. Return the new m and v.")
def nothing_kept(w, g, m, v, t, lr, beta1, beta2, eps):
    a, b = averages(g, m, v, beta1, beta2)
    return w - lr * a / (1 - beta1**t) / (np.sqrt(b / (1 - beta2**t)) + eps), m, v


@adam_step.mistake("arrays-changed", "You changed the caller's arrays (`*=`, `+=`, `-=` do). Make new ones.")
def adam_in_place(w, g, m, v, t, lr, beta1, beta2, eps):
    m *= beta1
    m += (1 - beta1) * g
    v *= beta2
    v += (1 - beta2) * g**2
    w -= lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return w, m, v


@adam_step.variant
def towards_the_new(w, g, m, v, t, lr, beta1, beta2, eps):
    m, v = m + (1 - beta1) * (g - m), v + (1 - beta2) * (g * g - v)
    root = np.sqrt(v) / np.sqrt(1 - beta2**t)
    return w - lr / (1 - beta1**t) * m / (root + eps), m, v


@adam_step.variant
def by_powers(w, g, m, v, t, lr, beta1, beta2, eps):
    m = np.multiply(beta1, m) + np.multiply(1 - beta1, g)
    v = np.multiply(beta2, v) + np.multiply(1 - beta2, np.square(g))
    step = m / (1 - np.power(beta1, float(t))) / ((v / (1 - np.power(beta2, float(t)))) ** 0.5 + eps)
    return [w - lr * step, m, v]


# --- cosine_schedule ----------------------------------------------------------------------------------------------

cosine_schedule = exercise("cosine_schedule")


@cosine_schedule.held_out
def another_plan(cosine_schedule):
    return [cosine_schedule(step, 50, 0.02, 7) for step in (0, 1, 6, 7, 8, 20, 33, 49, 50)]


@cosine_schedule.held_out
def a_warm_up_of_one_step_and_of_nearly_all(cosine_schedule):
    return [cosine_schedule(s, 5, 3.0, 1) for s in range(6)], [cosine_schedule(s, 5, 3.0, 4) for s in range(6)]


@cosine_schedule.mistake(
    "cosine-from-step-0", "The cosine starts after the warm-up: its share is (step − warmup) / (total − warmup)."
)
def share_of_all(step, total, peak, warmup):
    return peak * step / warmup if step < warmup else peak * 0.5 * (1 + np.cos(np.pi * step / total))


@cosine_schedule.mistake(
    "share-over-total", "Your share doesn't reach 1 at the end. After the warm-up there are total − warmup steps."
)
def over_the_total(step, total, peak, warmup):
    return peak * step / warmup if step < warmup else peak * 0.5 * (1 + np.cos(np.pi * (step - warmup) / total))


@cosine_schedule.mistake("no-warm-up", "The warm-up is missing: below step warmup it is a straight line from 0.")
def cosine_only(step, total, peak, warmup):
    return peak * 0.5 * (1 + np.cos(np.pi * step / total))


@cosine_schedule.mistake(
    "warm-up-one-ahead", "Your warm-up is one step ahead: at step 0 the rate should be 0, peak · step / warmup."
)
def starts_above_0(step, total, peak, warmup):
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * 0.5 * (1 + np.cos(np.pi * (step - warmup) / (total - warmup)))


@cosine_schedule.mistake(
    "divides-by-0", "Without a warm-up you divide by 0. Use the straight line only while step is below warmup."
)
def line_up_to_and_with_warmup(step, total, peak, warmup):
    if step <= warmup:
        return peak * step / warmup
    return peak * 0.5 * (1 + np.cos(np.pi * (step - warmup) / (total - warmup)))


@cosine_schedule.mistake("half-missing", "1 + cos goes from 2 to 0, so your peak is doubled. Multiply by ½.")
def twice_the_peak(step, total, peak, warmup):
    return peak * step / warmup if step < warmup else peak * (1 + np.cos(np.pi * (step - warmup) / (total - warmup)))


@cosine_schedule.mistake(
    "one-missing", "Your rate goes below 0. The cosine has to be lifted: ½ · (1 + cos(π · share))."
)
def negative_rates(step, total, peak, warmup):
    return peak * step / warmup if step < warmup else peak * np.cos(np.pi * (step - warmup) / (total - warmup))


@cosine_schedule.mistake("quarter-cosine", "That is a quarter of a cosine wave, not half: ½ · (1 + cos(π · share)).")
def quarter(step, total, peak, warmup):
    return peak * step / warmup if step < warmup else peak * np.cos(np.pi / 2 * (step - warmup) / (total - warmup))


@cosine_schedule.mistake(
    "full-cosine", "That is a whole cosine wave: it is back at the peak at the end. Use π, not 2π."
)
def whole_wave(step, total, peak, warmup):
    if step < warmup:
        return peak * step / warmup
    return peak * 0.5 * (1 + np.cos(2 * np.pi * (step - warmup) / (total - warmup)))


@cosine_schedule.mistake("straight-down", "You come down in a straight line. Asked for is half a cosine.")
def linear(step, total, peak, warmup):
    return peak * step / warmup if step < warmup else peak * (total - step) / (total - warmup)


@cosine_schedule.mistake("peak-ignored", "Your largest rate is always 1. Multiply by the peak, in both pieces.")
def peak_of_1(step, total, peak, warmup):
    return step / warmup if step < warmup else 0.5 * (1 + np.cos(np.pi * (step - warmup) / (total - warmup)))


@cosine_schedule.mistake("peak-not-in-warm-up", "The warm-up rises to 1 whatever the peak is: peak · step / warmup.")
def warm_up_to_1(step, total, peak, warmup):
    return step / warmup if step < warmup else peak * 0.5 * (1 + np.cos(np.pi * (step - warmup) / (total - warmup)))


@cosine_schedule.mistake(
    "peak-not-in-cosine", "The cosine falls from 1 whatever the peak is: peak · ½ · (1 + cos(π · share))."
)
def cosine_from_1(step, total, peak, warmup):
    return peak * step / warmup if step < warmup else 0.5 * (1 + np.cos(np.pi * (step - warmup) / (total - warmup)))


@cosine_schedule.mistake(
    "warm-up-over-total",
    "Your warm-up is divided by total, so it doesn't reach the peak. It lasts warmup steps: divide by that.",
)
def warm_up_over_all(step, total, peak, warmup):
    if step < warmup:
        return peak * step / total
    return peak * 0.5 * (1 + np.cos(np.pi * (step - warmup) / (total - warmup)))


@cosine_schedule.mistake(
    "bracket-missing-in-share",
    "A bracket is missing: only warmup was divided. The share is (step − warmup) / (total − warmup).",
)
def only_warmup_divided(step, total, peak, warmup):
    if step < warmup:
        return peak * step / warmup
    return peak * 0.5 * (1 + np.cos(np.pi * (step - warmup / (total - warmup))))


@cosine_schedule.mistake(
    "bracket-missing-around-sum",
    "A bracket is missing: only the 1 is halved, not the cosine. peak · ½ · (1 + cos(π · share)).",
)
def only_the_one_halved(step, total, peak, warmup):
    if step < warmup:
        return peak * step / warmup
    return peak * 0.5 * 1 + np.cos(np.pi * (step - warmup) / (total - warmup))


@cosine_schedule.mistake("degrees", "cos wants radians: half a turn is π, not 180.")
def in_degrees(step, total, peak, warmup):
    return (
        peak * step / warmup if step < warmup else peak * 0.5 * (1 + np.cos(180 * (step - warmup) / (total - warmup)))
    )


@cosine_schedule.mistake("sine-for-cosine", "sin starts at 0. The half wave that falls from 1 to −1 is cos.")
def with_sine(step, total, peak, warmup):
    return (
        peak * step / warmup if step < warmup else peak * 0.5 * (1 + np.sin(np.pi * (step - warmup) / (total - warmup)))
    )


@cosine_schedule.variant
def by_the_square_of_a_cosine(step, total, peak, warmup):
    if warmup and step <= warmup:
        return peak * (step / warmup)
    return peak * np.cos(np.pi / 2 * (step - warmup) / (total - warmup)) ** 2


@cosine_schedule.variant
def by_remaining_share(step, total, peak, warmup):
    if warmup > step:
        return peak / warmup * step
    left = (total - step) / (total - warmup)
    return np.array((peak - peak * np.cos(np.pi * left)) / 2)


for swapped in ("step - warmup→warmup - step", "total - warmup→warmup - total"):
    cosine_schedule.equivalent(f"L4 swapped operands {swapped}", "cos(−x) = cos x.")

# --- l2_penalty ---------------------------------------------------------------------------------------------------

l2_penalty = exercise("l2_penalty")


def arrays_of(name, sizes):
    """A pair of arrays per layer."""
    pairs = enumerate(zip(sizes, sizes[1:], strict=False))
    return [(inputs(f"{name} W{i}", (a, b)), inputs(f"{name} b{i}", b)) for i, (a, b) in pairs]


@l2_penalty.held_out
def four_layers_as_lists(l2_penalty):
    return l2_penalty([list(pair) for pair in arrays_of("l2 many", [5, 3, 3, 2, 4])], 0.013)


@l2_penalty.held_out
def nothing_to_pay(l2_penalty):
    params = arrays_of("l2 free", [2, 3])
    return l2_penalty(params, 0.0), inputs_after(l2_penalty, params, 1.5)


@l2_penalty.mistake(
    "half-convention", "You use ½ · lam, another convention. Here the loss is lam · ΣW², and its gradient 2 · lam · W."
)
def with_a_half(params, lam):
    return lam / 2 * sum(np.sum(W**2) for W, _ in params), [(lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("two-missing", "Your gradient doesn't belong to your loss: the slope of lam · W² is 2 · lam · W.")
def gradient_without_two(params, lam):
    return lam * sum(np.sum(W**2) for W, _ in params), [(lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake(
    "half-in-loss-only", "Your loss has a ½ that isn't asked for: it is lam times the sum of the squares."
)
def half_in_loss(params, lam):
    return lam / 2 * sum(np.sum(W**2) for W, _ in params), [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("l2-on-bias", "The biases cost nothing: only the weights W are squared, and db is zeros.")
def biases_pay(params, lam):
    loss = lam * sum(np.sum(W**2) + np.sum(b**2) for W, b in params)
    return loss, [(2 * lam * W, 2 * lam * b) for W, b in params]


@l2_penalty.mistake("bias-in-loss-only", "Your loss counts the biases too. Only the weights W cost something.")
def biases_in_loss(params, lam):
    loss = lam * sum(np.sum(W**2) + np.sum(b**2) for W, b in params)
    return loss, [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("bias-in-gradient-only", "The biases cost nothing, so db is zeros of the shape of b.")
def biases_in_gradient(params, lam):
    return lam * sum(np.sum(W**2) for W, _ in params), [(2 * lam * W, 2 * lam * b) for W, b in params]


@l2_penalty.mistake("db-one-number", "db is the number 0. It needs the shape of b: np.zeros_like(b).")
def zero_for_zeros(params, lam):
    return lam * sum(np.sum(W**2) for W, _ in params), [(2 * lam * W, 0.0) for W, _ in params]


@l2_penalty.mistake("no-pairs", "grads has the dW alone. It is a list of pairs (dW, db), db being zeros like b.")
def weights_without_biases(params, lam):
    return lam * sum(np.sum(W**2) for W, _ in params), [2 * lam * W for W, _ in params]


@l2_penalty.mistake("absolute-values", "That is the sum of |W|, called L1. Here the weights are squared.")
def l1(params, lam):
    return lam * sum(np.sum(np.abs(W)) for W, _ in params), [(lam * np.sign(W), np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("mean-for-sum", "You took the mean of the squares. It is their sum.")
def by_the_mean(params, lam):
    loss = lam * sum(np.mean(W**2) for W, _ in params)
    return loss, [(2 * lam * W / W.size, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("mean-in-loss-only", "Your loss takes the mean of the squares. It is lam times their sum.")
def loss_by_the_mean(params, lam):
    return lam * sum(np.mean(W**2) for W, _ in params), [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake(
    "absolute-values-in-loss", "Your loss adds up |W|. The weights are squared: lam times the sum of W²."
)
def loss_by_l1(params, lam):
    loss = lam * sum(np.sum(np.abs(W)) for W, _ in params)
    return loss, [(2 * lam * W, np.zeros_like(b)) for W, b in params]


SUMLESS = "A sum over the entries of W is missing: `W**2` is a table. Use np.sum(W**2), then add up the layers."


@l2_penalty.mistake("inner-sum-missing", SUMLESS)
def tables_added(params, lam):
    return lam * sum(W**2 for W, _ in params), [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("inner-sum-missing-in-loop", SUMLESS)
def tables_added_in_place(params, lam):
    loss = 0
    for W, _ in params:
        loss += lam * W**2
    return loss, [(2 * lam * W, np.zeros_like(b)) for W, b in params]


ROW_BY_ROW = "Python's `sum` adds up the rows of W, and leaves one number per column. Use np.sum(W**2)."


@l2_penalty.mistake("python-sum", ROW_BY_ROW)
def rows_added(params, lam):
    return lam * sum(sum(W**2) for W, _ in params), [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("python-sum-in-loop", ROW_BY_ROW)
def rows_added_in_place(params, lam):
    loss = 0
    for W, _ in params:
        loss += lam * sum(W**2)
    return loss, [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake(
    "root-of-the-sum", "You took a root: the norm of the weights. Here it is the sum of the squares itself."
)
def by_the_norm(params, lam):
    loss = lam * sum(np.sqrt(np.sum(W**2)) for W, _ in params)
    return loss, [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("last-layer-only", "The loss has the last layer's weights only: add up all layers (`loss += …`).")
def overwritten(params, lam):
    for W, _ in params:
        loss = lam * np.sum(W**2)
    return loss, [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake(
    "first-layer-only", "Only the first layer is used, or the loop ends with its first round. Go through all of params."
)
def one_layer_alone(params, lam):
    W, b = params[0]
    return lam * np.sum(W**2), [(2 * lam * W, np.zeros_like(b))]


@l2_penalty.mistake(
    "first-layer-in-loss", "Your loss has the weights of the first layer only. Add up those of all layers in params."
)
def loss_of_one_layer(params, lam):
    return lam * np.sum(params[0][0] ** 2), [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("price-not-in-gradient", "lam is missing in the gradient: dW = 2 · lam · W.")
def gradient_for_free(params, lam):
    return lam * sum(np.sum(W**2) for W, _ in params), [(2 * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake("price-nowhere", "lam isn't used: the loss is lam times the sum of the squares, dW = 2 · lam · W.")
def all_for_free(params, lam):
    return sum(np.sum(W**2) for W, _ in params), [(2 * W, np.zeros_like(b)) for W, b in params]


CHANGED = "You changed the caller's parameters (`*=` does), so the network itself. Make a new array: 2 * lam * W."


def changing(which, loss_first=True):
    """A mistake that works in place on the weights (0) or the biases (1) of each layer."""

    def in_place_penalty(params, lam):
        loss, grads = 0, []
        for pair in params:
            squares = np.sum(pair[0] ** 2)
            gradient = 2 * lam * pair[0], np.zeros_like(pair[1])
            pair[which][:] = gradient[which]
            loss += lam * (squares if loss_first else np.sum(pair[0] ** 2))
            grads.append(gradient)
        return loss, grads

    return in_place_penalty


l2_penalty.mistake("weights-changed", CHANGED, value=changing(0))
l2_penalty.mistake("weights-changed-too-early", CHANGED, value=changing(0, loss_first=False))
l2_penalty.mistake(
    "biases-changed",
    "You changed the caller's biases (`b *= 0` or `b[:] = 0` do). Make new zeros: np.zeros_like(b).",
    value=changing(1),
)


@l2_penalty.mistake("price-not-in-loss", "lam is missing in the loss: it is lam times the sum of the squares.")
def loss_for_free(params, lam):
    return sum(np.sum(W**2) for W, _ in params), [(2 * lam * W, np.zeros_like(b)) for W, b in params]


@l2_penalty.mistake(
    "same-for-all-weights", "Every weight got the same pull. Each one is pulled in proportion to itself: 2 · lam · W."
)
def shifted_alike(params, lam):
    grads = [(np.full_like(W, 2 * lam * np.sum(W)), np.zeros_like(b)) for W, b in params]
    return lam * sum(np.sum(W**2) for W, _ in params), grads


@l2_penalty.mistake("only-loss", "You return the loss alone. Return both: loss, grads.")
def without_gradients(params, lam):
    return lam * sum(np.sum(W**2) for W, _ in params)


@l2_penalty.mistake("pair-swapped", "The pair is turned around: the loss comes first, then the gradients.")
def gradients_first(params, lam):
    return [(2 * lam * W, np.zeros_like(b)) for W, b in params], lam * sum(np.sum(W**2) for W, _ in params)


@l2_penalty.variant
def by_dot_products(params, lam):
    loss, grads = 0.0, []
    for W, b in params:
        loss += lam * np.vdot(W, W)
        grads.append([lam * W + lam * W, 0 * b])
    return loss, grads


@l2_penalty.variant
def by_norms(params, lam):
    loss = np.sum([lam * np.linalg.norm(W) ** 2 for W, _ in params])
    return [loss, tuple((W * (2 * lam), np.zeros(b.shape)) for W, b in params)]


# --- dropout ------------------------------------------------------------------------------------------------------

dropout = exercise("dropout")


@dropout.held_out
def pictures_and_a_large_share(dropout):
    """X of shape (50, 4, 20, 20), p = 0.7."""
    X = np.full((50, 4, 20, 20), 2.0)
    out, mask = dropout(X, 0.7, np.random.default_rng(11), True)
    values = sorted({round(float(value), 6) for value in np.unique(out)})
    share = round(float(np.mean(mask)), 1)
    return np.shape(out), values, share, bool(np.array_equal(out != 0, np.asarray(mask) != 0))


@dropout.held_out
def nothing_to_drop(dropout):
    """p = 0, when training and when not; a single row; whole numbers."""
    X = np.array([[1, 2, -3, 0]])
    return [dropout(X, 0.0, np.random.default_rng(12), training) for training in (True, False)]


@dropout.held_out
def every_entry_has_the_same_chance(dropout):
    rng = np.random.default_rng(13)
    kept = np.mean([dropout(np.ones((3, 4)), 0.3, rng, True)[1] for _ in range(2000)], axis=0)
    return bool(np.all(np.abs(kept - 0.7) < 0.06))


@dropout.held_out
def in_use_no_number_is_drawn_that_matters(dropout):
    X, rng = inputs("dropout use", (5, 4)), np.random.default_rng(14)
    return [dropout(X, 0.9, rng, False) for _ in range(2)], inputs_after(
        lambda A: dropout(A, 0.9, rng, False) and None, X.copy()
    )


def kept_at_random(X, p, rng):
    """A right mask, for the mistakes below."""
    return rng.random(X.shape) >= p


def in_use(X):
    """What is right when not training, for the mistakes below."""
    return X.copy(), np.ones(X.shape, dtype=bool)


@dropout.mistake(
    "p-is-kept", "p is the share that is dropped; you keep that share. Keep where the random number is at least p."
)
def p_kept(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = rng.random(X.shape) < p
    return X * mask / p, mask


@dropout.mistake(
    "p-is-kept-scaled-by-rest",
    "You keep the share p instead of dropping it. Keep where the random number is at least p.",
)
def p_kept_other_scale(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = rng.random(X.shape) < p
    return X * mask / (1 - p), mask


@dropout.mistake("not-rescaled", "The average of out falls by p. Divide what is kept by 1 − p.")
def without_rescaling(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    return X * mask, mask


@dropout.mistake("divided-by-p", "You divided by p. What is kept is divided by the share that is kept, 1 − p.")
def scaled_by_dropped_share(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    return X * mask / p, mask


@dropout.mistake("multiplied", "You multiplied by 1 − p, so the average falls twice. Divide by it.")
def scaled_down(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    return X * mask * (1 - p), mask


@dropout.mistake("drops-in-use", "You drop when not training as well. Then out is X and the mask all True.")
def always(X, p, rng, training):
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "scaled-in-use", "When not training you multiply by 1 − p. It was divided in training already: return X as it is."
)
def scaled_at_the_end(X, p, rng, training):
    if not training:
        return X * (1 - p), np.ones(X.shape, dtype=bool)
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "scaled-up-in-use", "When not training you divide by 1 − p. Nothing was dropped, so return X as it is."
)
def scaled_up_at_the_end(X, p, rng, training):
    if not training:
        return X / (1 - p), np.ones(X.shape, dtype=bool)
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "mask-false-in-use", "When not training your mask is all False. True means kept, and everything is kept then."
)
def nothing_kept_in_use(X, p, rng, training):
    if not training:
        return X.copy(), np.zeros(X.shape, dtype=bool)
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "training-reversed", "You drop when training is False, and not when it is True. Turn the condition around."
)
def the_other_way_round(X, p, rng, training):
    if training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "no-mask-in-use", "When not training, the mask is missing. Return both: X and a mask that is all True."
)
def nothing_but_x(X, p, rng, training):
    if not training:
        return X
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "mask-none-in-use", "When not training you return None for the mask. Nothing is dropped, so it is all True."
)
def none_for_mask(X, p, rng, training):
    if not training:
        return X, None
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), mask


@dropout.mistake("mask-inverted", "Your mask is True where an entry was dropped. It should be True where it was kept.")
def true_where_dropped(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    return X * mask / (1 - p), ~mask


@dropout.mistake("mask-scaled", "Your mask holds 1/(1 − p). It should be boolean: True where an entry was kept.")
def scaled_mask(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng) / (1 - p)
    return X * mask, mask


@dropout.mistake(
    "mask-of-numbers", "Your mask holds the numbers 0 and 1. It should be boolean, as a comparison gives it."
)
def mask_as_numbers(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng).astype(float)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "mask-from-out", "You made the mask from out, but a 0 in X can be kept as well. Return the mask you drew."
)
def looked_up_in_out(X, p, rng, training):
    if not training:
        return in_use(X)
    out = X * kept_at_random(X, p, rng) / (1 - p)
    return out, out != 0


@dropout.mistake("one-coin-per-column", "Whole columns are dropped. Each entry gets its own coin: draw the shape of X.")
def columns_together(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = np.broadcast_to(rng.random(X.shape[-1]) >= p, X.shape)
    return X * mask / (1 - p), mask


@dropout.mistake("one-coin-per-row", "Whole samples are dropped. Each entry gets its own coin: draw the shape of X.")
def rows_together(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = np.broadcast_to((rng.random(len(X)) >= p)[:, None], X.shape)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "one-coin-per-column-drawn",
    "You drew one coin per column: your mask has shape (3,), expected (4, 3). Draw rng.random(X.shape).",
)
def coins_for_columns(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = rng.random(X.shape[-1]) >= p
    return X * mask / (1 - p), mask


@dropout.mistake(
    "one-coin-per-row-drawn",
    "You drew one coin per sample: your mask has shape (4, 1), expected (4, 3). Draw rng.random(X.shape).",
)
def coins_for_rows(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = rng.random((len(X), 1)) >= p
    return X * mask / (1 - p), mask


@dropout.mistake(
    "one-coin-per-row-flat",
    "You drew one coin per sample, `X.shape[0]` of them. Each entry gets its own: rng.random(X.shape).",
)
def flat_coins_for_rows(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = rng.random(X.shape[0]) >= p
    return X * mask / (1 - p), mask


@dropout.mistake(
    "one-coin-for-all", "You drew a single coin for the whole of X. Each entry gets its own: rng.random(X.shape)."
)
def a_single_coin(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = rng.random() >= p
    return X * mask / (1 - p), mask


@dropout.mistake(
    "dropped-left-out",
    "`X[mask]` leaves dropped entries out: out has shape (12,), expected (4, 3). They become 0: X * mask.",
)
def only_the_survivors(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    return X[mask] / (1 - p), mask


@dropout.mistake(
    "fixed-number", "Always the same number of entries is dropped. Each has its own coin, so the number varies."
)
def exactly_so_many(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = np.ones(X.size, dtype=bool)
    mask[rng.permutation(X.size)[: round(p * X.size)]] = False
    mask = mask.reshape(X.shape)
    return X * mask / (1 - p), mask


@dropout.mistake(
    "same-mask-each-call", "Two calls drop the same entries: you make a generator inside. Use the rng handed in."
)
def own_generator(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, np.random.default_rng(0))
    return X * mask / (1 - p), mask


@dropout.mistake("global-random", "You drew from another generator than rng, so nobody can repeat it. Use rng.random.")
def somebody_elses(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = np.random.random(X.shape) >= p
    return X * mask / (1 - p), mask


@dropout.mistake("input-changed", "You changed the caller's X (`X[…] = 0` or `X *= …`). Make a new array: X * mask.")
def in_place_dropout(X, p, rng, training):
    if not training:
        return in_use(X)
    mask = kept_at_random(X, p, rng)
    X[~mask] = 0
    X /= 1 - p
    return X, mask


@dropout.mistake("only-out", "You return out alone. The way back needs the mask too: return out, mask.")
def without_mask(X, p, rng, training):
    return X * kept_at_random(X, p, rng) / (1 - p) if training else X


@dropout.mistake("pair-swapped", "The pair is turned around: out comes first, then the mask.")
def mask_first(X, p, rng, training):
    if not training:
        return in_use(X)[::-1]
    mask = kept_at_random(X, p, rng)
    return mask, X * mask / (1 - p)


@dropout.variant
def kept_below(X, p, rng, training):
    if training:
        mask = rng.random(np.shape(X)) < 1 - p
        return np.where(mask, X / (1 - p), 0.0), mask
    return X, np.full(np.shape(X), True)


@dropout.variant
def by_binomial_draws(X, p, rng, training):
    mask = rng.binomial(1, 1 - p if training else 1.0, X.shape).astype(bool)
    return X * (mask / (1 - p) if training else 1), mask


@dropout.variant
def by_uniform_numbers_above(X, p, rng, training):
    mask = np.ones_like(X, dtype=bool)
    out = X + 0.0
    if training:
        mask = rng.uniform(size=X.shape) > p
        out[~mask] = 0.0
        out /= 1 - p
    return [out, mask]


dropout.equivalent("L3 dropped function X.copy()→X", "out may be X itself: nothing is changed in it.")
dropout.equivalent(
    "L4 comparison rng.random(X.shape) >= p→rng.random(X.shape) > p",
    "A random number is never exactly p, or hardly ever.",
)

# --- batchnorm ----------------------------------------------------------------------------------------------------

batchnorm = exercise("batchnorm")


@batchnorm.held_out
def many_samples(batchnorm):
    X = inputs("batchnorm many", (12, 5)) * np.array([0.01, 1.0, 5.0, 100.0, 1.0]) + 7
    return batchnorm(X, inputs("batchnorm gamma", 5), inputs("batchnorm beta", 5), 1e-3)[0]


@batchnorm.held_out
def one_sample_and_whole_numbers(batchnorm):
    gamma, beta = np.array([2.0, 3.0]), np.array([0.5, -0.5])
    ones = batchnorm(np.array([[4.0, -300.0]]), gamma, beta, 1e-5)[0]
    return ones, batchnorm(np.array([[1, 2], [3, 10], [8, 3]]), gamma, beta, 0.25)[0]


@batchnorm.mistake("unbiased", "Your variance divides by n − 1. Batch norm divides by n, as np.var does.")
def divided_by_n_minus_1(X, gamma, beta, eps):
    with np.errstate(all="ignore"):
        spread = np.sqrt(X.var(axis=0, ddof=1) + eps)
    return gamma * (X - X.mean(axis=0)) / spread + beta, None


@batchnorm.mistake("eps-outside", "eps was added after the root. It goes under it: √(variance + eps).")
def eps_after_the_root(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) / (np.sqrt(X.var(axis=0)) + eps) + beta, None


@batchnorm.mistake(
    "eps-after-division", "eps was added to the quotient. It goes under the root, so that nothing is divided by 0."
)
def eps_added_last(X, gamma, beta, eps):
    return gamma * ((X - X.mean(axis=0)) / np.sqrt(X.var(axis=0)) + eps) + beta, None


@batchnorm.mistake("eps-forgotten", "eps is missing: a column that never varies becomes 0/0. Add it under the root.")
def without_eps_at_all(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0)) + beta, None


@batchnorm.mistake("variance-for-spread", "You divided by the variance. Divide by its root.")
def no_root(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) / (X.var(axis=0) + eps) + beta, None


@batchnorm.mistake(
    "std-for-variance", "np.std is the root already; you took another one of it. Under the root stands np.var."
)
def root_of_the_root(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) / np.sqrt(X.std(axis=0) + eps) + beta, None


@batchnorm.mistake(
    "bracket-missing", "A bracket is missing: only the mean was divided. x̂ is (X − mean) / √(variance + eps)."
)
def only_the_mean_divided(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0) / np.sqrt(X.var(axis=0) + eps)) + beta, None


@batchnorm.mistake(
    "rows-for-columns", "You measured the rows (axis=1) and used that for the columns. Each column has its own: axis=0."
)
def measured_along_the_rows(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=1)) / np.sqrt(X.var(axis=1) + eps) + beta, None


@batchnorm.mistake(
    "one-mean-for-all", "You used one mean and variance for the whole table. Each column has its own: axis=0."
)
def over_everything(X, gamma, beta, eps):
    return gamma * (X - X.mean()) / np.sqrt(X.var() + eps) + beta, None


@batchnorm.mistake(
    "each-sample", "You standardised each row. The columns are measured, over the samples of the batch: axis=0."
)
def along_the_rows(X, gamma, beta, eps):
    mean, variance = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
    return gamma * (X - mean) / np.sqrt(variance + eps) + beta, None


@batchnorm.mistake("mean-not-subtracted", "The mean wasn't subtracted. x̂ is (X − mean) / √(variance + eps).")
def only_scaled(X, gamma, beta, eps):
    return gamma * X / np.sqrt(X.var(axis=0) + eps) + beta, None


@batchnorm.mistake("only-centred", "You didn't divide by the spread. x̂ is (X − mean) / √(variance + eps).")
def only_shifted(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) + beta, None


@batchnorm.mistake("no-gamma-beta", "gamma and beta aren't used: out = gamma · x̂ + beta.")
def x_hat_alone(X, gamma, beta, eps):
    return (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps), None


@batchnorm.mistake("beta-forgotten", "beta is missing: out = gamma · x̂ + beta.")
def without_shift(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps), None


@batchnorm.mistake("gamma-forgotten", "gamma is missing: out = gamma · x̂ + beta.")
def without_scale(X, gamma, beta, eps):
    return (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta, None


@batchnorm.mistake("gamma-and-beta-swapped", "gamma multiplies and beta is added; yours are exchanged.")
def exchanged(X, gamma, beta, eps):
    return beta * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + gamma, None


@batchnorm.mistake("beta-scaled-too", "beta was multiplied by gamma: first gamma · x̂, then add beta.")
def shifted_before_scaling(X, gamma, beta, eps):
    return gamma * ((X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta), None


@batchnorm.mistake("only-out", "You return out alone. Return a pair: out, and the cache for the way back.")
def no_cache(X, gamma, beta, eps):
    return gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta


@batchnorm.mistake("input-changed", "You changed the caller's X (`-=` and `/=` do). Make a new array: X_hat = …")
def in_place_norm(X, gamma, beta, eps):
    spread = np.sqrt(X.var(axis=0) + eps)
    X -= X.mean(axis=0)
    X /= spread
    return gamma * X + beta, None


@batchnorm.variant
def by_mean_of_squares(X, gamma, beta, eps):
    centred = X - np.sum(X, axis=0) / len(X)
    spread = (np.mean(centred**2, axis=0) + eps) ** 0.5
    return centred * (gamma / spread) + beta, {"centred": centred, "spread": spread, "gamma": gamma}


@batchnorm.variant
def column_by_column(X, gamma, beta, eps):
    out = np.empty(X.shape)
    for j in range(X.shape[1]):
        out[:, j] = gamma[j] * (X[:, j] - X[:, j].mean()) / np.sqrt(X[:, j].var() + eps) + beta[j]
    return [out, (X.copy(), gamma, eps)]


for line in (2, 3):
    batchnorm.equivalent(f"L{line} axis axis=0→axis=-2", "X has two axes: axis 0 is the last but one.")
for order in ("spread, X_hat, gamma", "X_hat, gamma, spread"):
    batchnorm.equivalent(
        f"L4 swapped elements X_hat, spread, gamma→{order}",
        "What the cache holds, and where, is its author's business.",
    )

# --- batchnorm_backward -------------------------------------------------------------------------------------------

batchnorm_backward = exercise("batchnorm_backward")


def slope(f, array, h=1e-5):
    """All slopes of f, by nudging each entry to both sides."""
    slopes = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        up, down = array.copy(), array.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (f(up) - f(down)) / (2 * h)
    return slopes


@batchnorm_backward.held_out
def as_nudging_says(batchnorm, batchnorm_backward):
    """The largest differences from slopes found by nudging, with your own `batchnorm`."""
    X, dout = inputs("nudged X", (6, 4)), inputs("nudged dout", (6, 4))
    gamma, beta = inputs("nudged gamma", 4), inputs("nudged beta", 4)
    found = batchnorm_backward(dout, batchnorm(X, gamma, beta, 0.1)[1])
    nudged = [
        slope(lambda A: np.sum(dout * batchnorm(A, gamma, beta, 0.1)[0]), X),
        slope(lambda g: np.sum(dout * batchnorm(X, g, beta, 0.1)[0]), gamma),
        slope(lambda b: np.sum(dout * batchnorm(X, gamma, b, 0.1)[0]), beta),
    ]
    return [bool(np.abs(a - b).max() < 1e-6) for a, b in zip(found, nudged, strict=True)]


@batchnorm_backward.held_out
def two_caches_at_a_time(batchnorm, batchnorm_backward):
    """Two layers go forward before either goes back."""
    batches = [inputs(f"two caches {i}", (4, 2)) for i in range(2)]
    caches = [batchnorm(X, np.array([1.5, -0.5]) * (i + 1), np.zeros(2), 1e-3)[1] for i, X in enumerate(batches)]
    return [batchnorm_backward(inputs(f"two caches dout {i}", (4, 2)), caches[i]) for i in (1, 0)]


@batchnorm_backward.held_out
def a_message_that_all_samples_share(batchnorm, batchnorm_backward):
    X = inputs("shared X", (5, 3))
    dX = batchnorm_backward(np.tile([1.0, -2.0, 0.5], (5, 1)), batchnorm(X, np.ones(3), np.zeros(3), 1e-5)[1])[0]
    return np.round(np.abs(dX).max(), 8)


def three_terms(dout, cache):
    """The right answer, for the mistakes below."""
    X_hat, spread, gamma = cache
    d = dout * gamma
    dX = (d - d.mean(axis=0) - X_hat * (d * X_hat).mean(axis=0)) / spread
    return dX, (dout * X_hat).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.mistake(
    "moments-constant",
    "You treat mean and variance as constants. They depend on X too: two more terms, for the mean and for x̂.",
)
def one_term(dout, cache):
    _, dgamma, dbeta = three_terms(dout, cache)
    return dout * cache[2] / cache[1], dgamma, dbeta


@batchnorm_backward.mistake(
    "variance-term-missing", "The term through the variance is missing: subtract x̂ · mean(dx̂ · x̂)."
)
def mean_term_only(dout, cache):
    d = dout * cache[2]
    return (d - d.mean(axis=0)) / cache[1], *three_terms(dout, cache)[1:]


@batchnorm_backward.mistake("mean-term-missing", "The term through the mean is missing: subtract mean(dx̂).")
def variance_term_only(dout, cache):
    X_hat, spread, gamma = cache
    d = dout * gamma
    return (d - X_hat * (d * X_hat).mean(axis=0)) / spread, *three_terms(dout, cache)[1:]


def over_samples(array):
    """The mean of each column."""
    return array.mean(axis=0)


def terms(d, x):
    """What dX is before it is divided by the root, from dx̂ and x̂."""
    return d - over_samples(d) - x * over_samples(d * x)


def in_dX(wrong):
    """A mistake in dX alone, made from dx̂, x̂, the root and gamma; the other two gradients are right."""

    def backward(dout, cache):
        X_hat, spread, gamma = cache
        return wrong(dout * gamma, X_hat, spread, gamma), *three_terms(dout, cache)[1:]

    return backward


def along_rows(array):
    """The mean of each row, as a column."""
    return array.mean(axis=1, keepdims=True)


def root_without_eps(x, spread):
    """The plain root of the variance: the mean of x̂² falls short of 1 by eps."""
    return spread * np.sqrt(over_samples(x**2))


WRONG_DX = {
    "means-over-the-table": (
        "Both means run over the whole table. In batch norm each column has its own: mean(axis=0).",
        lambda d, x, s, g: (d - d.mean() - x * (d * x).mean()) / s,
    ),
    "mean-term-over-the-table": (
        "mean(dx̂) runs over the whole table. Each column has its own: mean(axis=0).",
        lambda d, x, s, g: (d - d.mean() - x * over_samples(d * x)) / s,
    ),
    "variance-term-over-the-table": (
        "mean(dx̂ · x̂) runs over the whole table. Each column has its own: mean(axis=0).",
        lambda d, x, s, g: (d - over_samples(d) - x * (d * x).mean()) / s,
    ),
    "means-along-rows": (
        "The means in dX run along the rows. They are over the samples, column by column: axis=0.",
        lambda d, x, s, g: (d - along_rows(d) - x * along_rows(d * x)) / s,
    ),
    "x-hat-missing": (
        "x̂ is missing in the last term: multiply mean(dx̂ · x̂) by x̂ before you subtract it.",
        lambda d, x, s, g: (d - over_samples(d) - over_samples(d * x)) / s,
    ),
    "x-hat-missing-in-the-mean": (
        "In the last term you took mean(dx̂). It is the mean of the product: x̂ · mean(dx̂ · x̂).",
        lambda d, x, s, g: (d - over_samples(d) - x * over_samples(d)) / s,
    ),
    "product-not-averaged": (
        "The last term lacks its mean: x̂ · mean(dx̂ · x̂), where the mean runs over the samples.",
        lambda d, x, s, g: (d - over_samples(d) - x * (d * x)) / s,
    ),
    "sum-in-mean-term": (
        "You subtract the sum of dx̂. It is its mean over the samples: mean(axis=0).",
        lambda d, x, s, g: (d - d.sum(axis=0) - x * over_samples(d * x)) / s,
    ),
    "sum-in-variance-term": (
        "The last term has the sum of dx̂ · x̂. It is the mean over the samples: mean(axis=0).",
        lambda d, x, s, g: (d - over_samples(d) - x * (d * x).sum(axis=0)) / s,
    ),
    "plus-in-variance-term": (
        "The last term has the wrong sign: x̂ · mean(dx̂ · x̂) is subtracted.",
        lambda d, x, s, g: (d - over_samples(d) + x * over_samples(d * x)) / s,
    ),
    "plus-in-mean-term": (
        "The term of the mean has the wrong sign: mean(dx̂) is subtracted.",
        lambda d, x, s, g: (d + over_samples(d) - x * over_samples(d * x)) / s,
    ),
    "plus-in-both-terms": (
        "Both terms have the wrong sign: mean(dx̂) and x̂ · mean(dx̂ · x̂) are subtracted.",
        lambda d, x, s, g: (d + over_samples(d) + x * over_samples(d * x)) / s,
    ),
    "gamma-missing-in-variance-term": (
        "gamma is missing in the last term: take dx̂ = dout · gamma there too, not dout.",
        lambda d, x, s, g: (d - over_samples(d) - x * over_samples(d / g * x)) / s,
    ),
    "gamma-missing-in-mean-term": (
        "gamma is missing in the term of the mean: take dx̂ = dout · gamma there too, not dout.",
        lambda d, x, s, g: (d - over_samples(d / g) - x * over_samples(d * x)) / s,
    ),
    "gamma-missing-in-both-terms": (
        "gamma is missing in both means: take dx̂ = dout · gamma in all three terms, not dout.",
        lambda d, x, s, g: (d - over_samples(d / g) - x * over_samples(d / g * x)) / s,
    ),
    "multiplied-by-root": (
        "You multiply by the root. The three terms are divided by it: / √(variance + eps).",
        lambda d, x, s, g: terms(d, x) * s,
    ),
    "only-last-term-divided": (
        "Only the last term is divided by the root. Put all three terms in a bracket, then divide.",
        lambda d, x, s, g: d - over_samples(d) - x * over_samples(d * x) / s,
    ),
    "only-first-term-divided": (
        "Only the first term is divided by the root. Put all three terms in a bracket, then divide.",
        lambda d, x, s, g: d / s - over_samples(d) - x * over_samples(d * x),
    ),
    "eps-forgotten": (
        "You divide by the root of the variance alone. eps belongs under it, as on the way there.",
        lambda d, x, s, g: terms(d, x) / root_without_eps(x, s),
    ),
    "divided-by-plain-variance": (
        "You divide by the variance itself, and eps is missing. Divide by √(variance + eps).",
        lambda d, x, s, g: terms(d, x) / root_without_eps(x, s) ** 2,
    ),
    "last-mean-over-x-hat-squared": (
        "The last mean has x̂ twice. It is the mean of dx̂ · x̂, and x̂ multiplies it once.",
        lambda d, x, s, g: (d - over_samples(d) - x * over_samples(d * x**2)) / s,
    ),
    "divided-by-n": (
        "dX is too small by the number of samples. The means divide by n already.",
        lambda d, x, s, g: terms(d, x) / s / len(d),
    ),
}

for name, (message, wrong) in WRONG_DX.items():
    batchnorm_backward.mistake(name, message, value=in_dX(wrong))


@batchnorm_backward.mistake(
    "eps-forgotten-in-x-hat", "You worked out x̂ and the root again without eps. It is √(variance + eps) here too."
)
def worked_out_without_eps(dout, cache):
    X_hat, spread, gamma = cache
    root = root_without_eps(X_hat, spread)
    return three_terms(dout, (X_hat * spread / root, root, gamma))


def went_forward(X_hat, spread):
    """The X that a case sent forwards, which the reference's cache doesn't hold."""
    batch = inputs("batchnorm X", (5, 3)) * np.array([1.0, 10.0, 0.1]) + np.array([0.0, 30.0, -2.0])
    known = [batch, batch[1:4], inputs("batchnorm eps", (4, 2)), inputs("nudged X", (6, 4)), inputs("shared X", (5, 3))]
    known += [inputs(f"two caches {i}", (4, 2)) for i in range(2)]
    centred = X_hat * spread
    return next(X for X in known if X.shape == centred.shape and np.allclose(X - X.mean(axis=0), centred))


@batchnorm_backward.mistake(
    "x-for-x-hat", "You use X where x̂ belongs. Keep the standardised x̂ in the cache: (X − mean) / √(variance + eps)."
)
def with_x_everywhere(dout, cache):
    X_hat, spread, gamma = cache
    return three_terms(dout, (went_forward(X_hat, spread), spread, gamma))


@batchnorm_backward.mistake("x-for-x-hat-in-dx", "In dX you use X where x̂ belongs: x̂ · mean(dx̂ · x̂).")
def with_x_in_dx(dout, cache):
    return with_x_everywhere(dout, cache)[0], *three_terms(dout, cache)[1:]


@batchnorm_backward.mistake("x-for-x-hat-in-dgamma", "dgamma pairs dout with x̂, which is standardised; you used X.")
def with_x_in_dgamma(dout, cache):
    dX, _, dbeta = three_terms(dout, cache)
    return dX, with_x_everywhere(dout, cache)[1], dbeta


@batchnorm_backward.mistake(
    "centred-for-x-hat", "You use X − mean where x̂ belongs. x̂ is divided by √(variance + eps) as well."
)
def with_centred_everywhere(dout, cache):
    X_hat, spread, gamma = cache
    return three_terms(dout, (X_hat * spread, spread, gamma))


EMPTY = (
    "The cache is None: your `batchnorm` keeps nothing. Return (out, cache) there, with x̂, the root and gamma in it."
)


@batchnorm_backward.mistake("cache-none", EMPTY)
def unpacks_nothing(dout, cache):
    X_hat, spread, gamma = None
    return three_terms(dout, (X_hat, spread, gamma))


@batchnorm_backward.mistake("cache-none-indexed", EMPTY)
def looks_into_nothing(dout, cache):
    nothing = None
    return nothing[0]


@batchnorm_backward.mistake("gamma-forgotten", "gamma is missing in dX: the message to x̂ is dout · gamma.")
def without_gamma(dout, cache):
    X_hat, spread, gamma = cache
    return three_terms(dout, (X_hat, spread, np.ones_like(gamma)))


@batchnorm_backward.mistake("spread-forgotten", "dX isn't divided by the root of variance + eps.")
def not_divided(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX * cache[1], dgamma, dbeta


@batchnorm_backward.mistake("divided-by-variance", "dX was divided by variance + eps. Divide by its root.")
def divided_twice(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX / cache[1], dgamma, dbeta


@batchnorm_backward.mistake("sums-for-means", "In dX you subtract sums. Both terms are means over the samples.")
def sums(dout, cache):
    X_hat, spread, gamma = cache
    d = dout * gamma
    return (d - d.sum(axis=0) - X_hat * (d * X_hat).sum(axis=0)) / spread, *three_terms(dout, cache)[1:]


@batchnorm_backward.mistake(
    "dgamma-not-standardised", "dgamma pairs dout with x̂, which is divided by the spread; you used X − mean."
)
def with_centred_x(dout, cache):
    dX, _, dbeta = three_terms(dout, cache)
    return dX, (dout * cache[0] * cache[1]).sum(axis=0), dbeta


@batchnorm_backward.mistake("dgamma-without-x", "dgamma must be paired with what gamma multiplies: Σ dout · x̂.")
def without_x_hat(dout, cache):
    dX, _, dbeta = three_terms(dout, cache)
    return dX, dout.sum(axis=0), dbeta


@batchnorm_backward.mistake(
    "means-for-sums", "dgamma and dbeta are sums over the samples: dout says already what each sample counts."
)
def averaged_gradients(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX, dgamma / len(dout), dbeta / len(dout)


@batchnorm_backward.mistake("not-summed", "gamma and beta are shared by all samples: sum their gradients over axis=0.")
def one_per_sample(dout, cache):
    return three_terms(dout, cache)[0], dout * cache[0], dout


@batchnorm_backward.mistake(
    "summed-over-the-table", "dgamma and dbeta need one number per column. Your sums run over everything: sum(axis=0)."
)
def single_numbers(dout, cache):
    return three_terms(dout, cache)[0], (dout * cache[0]).sum(), dout.sum()


@batchnorm_backward.mistake(
    "axis-nowhere", "Your sums and means run over the whole table. All of them are taken column by column: axis=0."
)
def without_any_axis(dout, cache):
    X_hat, spread, gamma = cache
    d = dout * gamma
    return (d - d.mean() - X_hat * (d * X_hat).mean()) / spread, (dout * X_hat).sum(), dout.sum()


@batchnorm_backward.mistake("summed-along-rows", "You summed along the rows. The sums run over the samples: axis=0.")
def along_axis_1(dout, cache):
    return three_terms(dout, cache)[0], (dout * cache[0]).sum(axis=1), dout.sum(axis=1)


@batchnorm_backward.mistake("dbeta-times-gamma", "dbeta is the sum of dout alone: gamma doesn't multiply beta.")
def gamma_in_dbeta(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX, dgamma, dbeta * cache[2]


@batchnorm_backward.mistake("dgamma-times-gamma", "dgamma is Σ dout · x̂, without gamma: only dx̂ is dout · gamma.")
def gamma_in_dgamma(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX, dgamma * cache[2], dbeta


@batchnorm_backward.mistake(
    "both-times-gamma", "You summed dx̂. dgamma and dbeta are sums of dout, which isn't multiplied by gamma."
)
def gamma_in_both(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX, dgamma * cache[2], dbeta * cache[2]


@batchnorm_backward.mistake("gradients-swapped", "The order is dX, dgamma, dbeta: the last two are exchanged.")
def beta_before_gamma(dout, cache):
    dX, dgamma, dbeta = three_terms(dout, cache)
    return dX, dbeta, dgamma


@batchnorm_backward.mistake("only-dx", "You return dX alone. gamma and beta learn too: return dX, dgamma, dbeta.")
def input_gradient_alone(dout, cache):
    return three_terms(dout, cache)[0]


@batchnorm_backward.mistake("dbeta-left-out", "dbeta is missing. Return three gradients: dX, dgamma, dbeta.")
def without_dbeta(dout, cache):
    return three_terms(dout, cache)[:2]


@batchnorm_backward.mistake("upstream-ignored", "dout isn't used: every gradient starts with the message from above.")
def as_if_all_ones(dout, cache):
    return three_terms(np.ones_like(dout), cache)


@batchnorm_backward.mistake(
    "dout-changed", "You changed the caller's dout (`*=` does). Make a new array: dout * gamma."
)
def changes_dout(dout, cache):
    found = three_terms(dout, cache)
    dout *= cache[2]
    return found


@batchnorm_backward.variant
def by_the_long_chain(dout, cache):
    X_hat, spread, gamma = cache
    n, centred = len(dout), X_hat * spread
    dX_hat = dout * gamma
    dvariance = np.sum(dX_hat * centred, axis=0) * -0.5 * spread**-3
    dmean = -np.sum(dX_hat, axis=0) / spread + dvariance * np.mean(-2 * centred, axis=0)
    return dX_hat / spread + dvariance * 2 * centred / n + dmean / n, np.sum(dout * X_hat, axis=0), np.sum(dout, axis=0)


@batchnorm_backward.variant
def by_sums_times_n(dout, cache):
    X_hat, spread, gamma = cache
    n, dbeta, dgamma = dout.shape[0], np.sum(dout, axis=0), np.einsum("nd,nd->d", dout, X_hat)
    return [gamma / (n * spread) * (n * dout - dbeta - X_hat * dgamma), dgamma, dbeta]


for where in ("L4", "L5", "L6"):
    batchnorm_backward.equivalent(f"{where} axis axis=0→axis=-2", "dout has two axes: axis 0 is the last but one.")
batchnorm_backward.equivalent("L6 axis axis=0→axis=-2 #2", "dout has two axes: axis 0 is the last but one.")

# --- adamw_step ---------------------------------------------------------------------------------------------------

adamw_step = exercise("adamw_step")


@adamw_step.held_out
def many_steps_with_decay(adamw_step):
    w, m, v = inputs("adamw bowl", (2, 3)), np.zeros((2, 3)), np.zeros((2, 3))
    for t in range(1, 6):
        w, m, v = adamw_step(w, np.cos(w), m, v, t, 0.2, 0.8, 0.9, 1e-6, 0.4)
    return w, m, v


@adamw_step.held_out
def no_decay_is_adam(adamw_step):
    w, g, m = (inputs(f"adamw none {name}", 4) for name in "wgm")
    return adamw_step(w, g, m, np.ones(4), 3, 0.1, 0.9, 0.99, 0.1, 0.0)


def adam(w, g, m, v, t, lr, beta1, beta2, eps):
    """A right step of Adam, for the mistakes below."""
    m, v = averages(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


@adamw_step.mistake(
    "decay-in-gradient", "You put the decay into the gradient, where Adam divides it. Shrink w itself, before the step."
)
def l2_in_the_gradient(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return adam(w, g + decay * w, m, v, t, lr, beta1, beta2, eps)


@adamw_step.mistake("decay-after-step", "You shrink w after Adam's step. First the decay, then the step.")
def shrunk_afterwards(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    w, m, v = adam(w, g, m, v, t, lr, beta1, beta2, eps)
    return w - lr * decay * w, m, v


@adamw_step.mistake("rate-missing", "The decay is lr · decay · w: you left out lr.")
def decay_in_full(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return adam(w - decay * w, g, m, v, t, lr, beta1, beta2, eps)


@adamw_step.mistake("decay-forgotten", "That is Adam without decay. First w − lr · decay · w.")
def plain_adam(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return adam(w, g, m, v, t, lr, beta1, beta2, eps)


@adamw_step.mistake("weights-grow", "Your weights grow: lr · decay · w is subtracted.")
def growing(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return adam(w + lr * decay * w, g, m, v, t, lr, beta1, beta2, eps)


@adamw_step.mistake("decay-only", "w shrinks, but Adam's step is missing.")
def shrunk_only(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return w - lr * decay * w, *adam(w, g, m, v, t, lr, beta1, beta2, eps)[1:]


@adamw_step.mistake("two-too-many", "The slope of w² has a 2, but the decay is just lr · decay · w.")
def with_the_two(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return adam(w - 2 * lr * decay * w, g, m, v, t, lr, beta1, beta2, eps)


@adamw_step.mistake("arrays-changed", "You changed the caller's w (`-=` or `*=` does). Make a new array.")
def shrunk_in_place(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    w -= lr * decay * w
    return adam(w, g, m, v, t, lr, beta1, beta2, eps)


@adamw_step.variant
def decay_of_the_old_weights(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    new, m, v = adam(w, g, m, v, t, lr, beta1, beta2, eps)
    return new - lr * decay * w, m, v


@adamw_step.variant
def by_a_factor(w, g, m, v, t, lr, beta1, beta2, eps, decay):
    return list(adam((1 - lr * decay) * w, g, m, v, t, lr, beta1, beta2, eps))
