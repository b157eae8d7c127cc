"""Held-out cases of `cosine_schedule`, known mistakes with their diagnosis, other right answers."""

import numpy as np

from autograder import exercise

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
