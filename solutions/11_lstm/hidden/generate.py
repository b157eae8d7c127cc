"""Held-out cases of `generate`, known mistakes with their diagnosis, other right answers."""

import numpy as np
import torch
from torch import nn

from autograder import between, exercise

generate = exercise("generate")


class Sure(nn.Module):
    """Sure of each next letter, which depends on all that it has read; notes what it was given."""

    def __init__(self, vocabulary):
        super().__init__()
        self.vocabulary = list(vocabulary)
        self.bias = nn.Parameter(torch.zeros(()))

    def forward(self, ids, state=None):
        k = len(self.vocabulary)
        total = torch.zeros(1, len(ids), 1) if state is None else state[1]
        scores = []
        for t in range(ids.shape[1]):
            total = (3 * total + ids[:, t].reshape(1, -1, 1) + 2) % 997
            scores.append(80.0 * nn.functional.one_hot(total[0, :, 0].long() % k, k))
        return torch.stack(scores, dim=1) + self.bias, (total, total)


@generate.held_out
def a_long_prompt(generate):
    return generate(Sure("abcdefghijk"), "hijackbadge", 25, 1.0, np.random.default_rng(5))


@generate.held_out
def punctuation_and_line_breaks(generate):
    return generate(Sure("\n .,abc"), "a b\nc.", 15, 0.5, np.random.default_rng(6))


class Even(nn.Module):
    """Three letters with fixed scores."""

    def __init__(self):
        super().__init__()
        self.vocabulary = ["x", "y", "z"]

    def forward(self, ids, state=None):
        nothing = torch.zeros(1, len(ids), 1)
        return torch.tensor([0.0, 1.0, 2.0]).expand(*ids.shape, 3), (nothing, nothing)


@generate.held_out(judge=between(0.44, 0.57, "the share of z"))
def twice_as_warm(generate):
    text = generate(Even(), "x", 1500, 2.0, np.random.default_rng(7))
    return text[1:].count("z") / 1500


@generate.held_out
def all_letters_occur_and_rng_decides(generate):
    text = generate(Even(), "x", 200, 1.0, np.random.default_rng(8))
    again = generate(Even(), "x", 200, 1.0, np.random.default_rng(8))
    other = generate(Even(), "x", 200, 1.0, np.random.default_rng(9))
    return sorted(set(text)), text == again, text == other


@generate.held_out
def an_unknown_character_at_the_end(generate):
    try:
        generate(Even(), "xyq", 2, 1.0, np.random.default_rng(0))
    except ValueError as error:
        return "q" in str(error)
    return "no ValueError"


def numbers_of(text, vocabulary):
    for character in text:
        if character not in vocabulary:
            raise ValueError(f"{character!r} isn't in the vocabulary")
    return [vocabulary.index(character) for character in text]


def draw(logits, temperature, rng):
    scores = np.asarray(logits, dtype=float) / temperature
    weights = np.exp(scores - scores.max())
    return int(rng.choice(len(weights), p=weights / weights.sum()))


def text_of(model, prompt, length, temperature, rng, pick=draw, first=lambda ids: ids, then=None, state_kept=True):
    """generate with a choice of what is done differently."""
    model.eval()
    ids = numbers_of(prompt, model.vocabulary)
    new, state = first(ids), None
    with torch.no_grad():
        for _ in range(length):
            scores, after = model(torch.tensor([new]), state)
            state = after if state_kept else None
            ids = [*ids, pick(scores[0, -1].numpy(), temperature, rng)]
            new = then(ids) if then else ids[-1:]
    return "".join(model.vocabulary[k] for k in ids)


@generate.mistake(
    "prompt-not-fed", "Only the last character of the prompt is read. Feed the whole prompt before you draw."
)
def last_character_only(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, first=lambda ids: ids[-1:])


@generate.mistake(
    "first-character-only", "Only the first character of the prompt is read. Feed the whole prompt before you draw."
)
def first_character_only(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, first=lambda ids: ids[:1])


@generate.mistake("prompt-off-by-one", "The first character is read twice and the last one never.")
def shifted_prompt(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, first=lambda ids: ids[:1] + ids[:-1])


@generate.mistake(
    "last-character-twice",
    "The last character of the prompt is read twice. Draw from the scores it gave the first time.",
)
def read_twice(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, first=lambda ids: ids + ids[-1:])


@generate.mistake("state-not-kept", "Each character is read with an empty memory. Hand the state on to the next call.")
def empty_memory(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, state_kept=False)


@generate.mistake(
    "all-read-again",
    "You feed the whole text again, with the state that knows it already. Feed the new character alone.",
)
def everything_again(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, then=lambda ids: ids)


@generate.mistake(
    "choice-not-fed-back", "The drawn character is never read: feed it, so that the next one depends on it."
)
def not_fed_back(model, prompt, length, temperature, rng):
    last = len(prompt) - 1
    return text_of(model, prompt, length, temperature, rng, then=lambda ids: [ids[last]])


@generate.mistake("argmax", "You always take the likeliest. Draw with the probabilities: sample(…).")
def likeliest(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng, pick=lambda logits, *_: int(np.argmax(logits)))


@generate.mistake("temperature-ignored", "The temperature isn't used: hand it to sample.")
def always_one(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, 1.0, rng)


@generate.mistake("temperature-multiplied", "You multiply by the temperature. sample divides the scores by it.")
def multiplied(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, 1 / temperature, rng)


@generate.mistake(
    "softmax-before-sample", "sample wants scores. Probabilities in their place make all characters nearly alike."
)
def from_probabilities(model, prompt, length, temperature, rng):
    def pick(logits, temperature, rng):
        weights = np.exp(logits - logits.max())
        return draw(weights / weights.sum(), temperature, rng)

    return text_of(model, prompt, length, temperature, rng, pick=pick)


@generate.mistake(
    "first-scores", "You draw from the scores after the first character. The last ones know the prompt: scores[0, -1]."
)
def scores_of_the_first(model, prompt, length, temperature, rng):
    model.eval()
    ids = numbers_of(prompt, model.vocabulary)
    new, state = ids, None
    with torch.no_grad():
        for _ in range(length):
            scores, state = model(torch.tensor([new]), state)
            new = [draw(scores[0, 0].numpy(), temperature, rng)]
            ids = ids + new
    return "".join(model.vocabulary[k] for k in ids)


@generate.mistake("prompt-left-out", "The result begins with the prompt; yours has the new characters alone.")
def new_ones_alone(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length, temperature, rng)[len(prompt) :]


@generate.mistake("prompt-counted", "length counts the new characters only; yours counts the prompt as well.")
def whole_length(model, prompt, length, temperature, rng):
    return text_of(model, prompt, max(0, length - len(prompt)), temperature, rng)


@generate.mistake("one-too-many", "There is one new character too many.")
def one_more(model, prompt, length, temperature, rng):
    return text_of(model, prompt, length + 1, temperature, rng)


@generate.mistake("one-too-few", "There is one new character too few.")
def one_less(model, prompt, length, temperature, rng):
    return text_of(model, prompt, max(0, length - 1), temperature, rng)


@generate.mistake("numbers-returned", "A text is wanted: decode the numbers.")
def not_decoded(model, prompt, length, temperature, rng):
    return numbers_of(text_of(model, prompt, length, temperature, rng), model.vocabulary)


@generate.mistake(
    "unknown-dropped", "A character that the model doesn't know is left out in silence. Say which one it is."
)
def dropped(model, prompt, length, temperature, rng):
    known = "".join(character for character in prompt if character in model.vocabulary)
    return text_of(model, known, length, temperature, rng)


@generate.mistake("training-mode", "The model answers in training mode: call model.eval() first.")
def still_training(model, prompt, length, temperature, rng):
    ids = numbers_of(prompt, model.vocabulary)
    new, state = ids, None
    with torch.no_grad():
        for _ in range(length):
            scores, state = model(torch.tensor([new]), state)
            new = [draw(scores[0, -1].numpy(), temperature, rng)]
            ids = ids + new
    return "".join(model.vocabulary[k] for k in ids)


@generate.mistake("with-gradients", "PyTorch records every step for a way back that never comes: with torch.no_grad().")
def recorded(model, prompt, length, temperature, rng):
    model.eval()
    ids = numbers_of(prompt, model.vocabulary)
    new, state = ids, None
    for _ in range(length):
        scores, state = model(torch.tensor([new]), state)
        new = [draw(scores[0, -1].detach().numpy(), temperature, rng)]
        ids = ids + new
    return "".join(model.vocabulary[k] for k in ids)


@generate.mistake("return-missing", "The text is written, but not returned.")
def silent_writer(model, prompt, length, temperature, rng):
    text_of(model, prompt, length, temperature, rng)


@generate.variant
def character_by_character(model, prompt, length, temperature, rng):
    model.eval()
    text, state = prompt, None
    ids = numbers_of(prompt, model.vocabulary)
    with torch.no_grad():
        for k in ids:
            scores, state = model(torch.tensor([[k]]), state)
        for _ in range(length):
            k = draw(scores[0, 0].numpy(), temperature, rng)
            text += model.vocabulary[k]
            scores, state = model(torch.tensor([[k]]), state)
    return text


@generate.variant
def all_from_the_start_each_time(model, prompt, length, temperature, rng):
    model.eval()
    text = prompt
    numbers_of(prompt, model.vocabulary)
    for _ in range(length):
        with torch.inference_mode():
            scores = model(torch.tensor([numbers_of(text, model.vocabulary)]))[0]
        text = text + model.vocabulary[draw(scores[0, -1].numpy(), temperature, rng)]
    return text


generate.equivalent("L8 constant 0→-1", "There is one text in the batch.")
