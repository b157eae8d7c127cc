"""Held-out cases of `perplexity`, known mistakes with their diagnosis, other right answers."""

import numpy as np
import torch

from autograder import exercise

perplexity = exercise("perplexity")


@perplexity.held_out
def many_losses(perplexity):
    return [perplexity(loss) for loss in (0.1, 0.7, 2.2, 3.35, 5.0)]


@perplexity.held_out
def a_number_of_numpy(perplexity):
    return float(perplexity(np.float32(1.25)))


@perplexity.mistake("base-2", "The loss is in nats: e to the power of it. 2 belongs to a loss in bits.")
def two_to_the(loss):
    return 2**loss


@perplexity.mistake("base-10", "The loss is measured with the natural logarithm: e to the power of it, not 10.")
def ten_to_the(loss):
    return 10**loss


@perplexity.mistake("square-root", "The perplexity is e to the power of the loss, not a root of it.")
def root(loss):
    return loss**0.5


@perplexity.mistake(
    "negative", "That is the probability of an average character. The perplexity is its inverse: exp(loss)."
)
def inverse(loss):
    return float(np.exp(-loss))


@perplexity.mistake("logarithm", "The loss is a logarithm already. Undo it: exp(loss).")
def log_of(loss):
    return float(np.log(loss + 1e-300))


@perplexity.mistake("loss-itself", "That is the loss, in nats. The perplexity is e to the power of it.")
def unchanged(loss):
    return loss


@perplexity.mistake("minus-one", "expm1 subtracts 1. The perplexity is exp(loss), and 1 at best.")
def less_one(loss):
    return float(np.expm1(loss))


@perplexity.mistake("return-missing", "The perplexity is computed, but not returned.")
def silent_number(loss):
    np.exp(loss)


@perplexity.variant
def by_power(loss):
    return np.e**loss


@perplexity.variant
def by_torch(loss):
    return torch.tensor(float(loss), dtype=torch.float64).exp().item()
