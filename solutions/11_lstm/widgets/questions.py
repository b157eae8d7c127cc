"""What does a unit remember? Its values on held-out text, correlated with the answers to a question about the text."""

import contextlib
import io
from dataclasses import dataclass
from functools import cache

import numpy as np

from course.data import tiny_shakespeare

PIECES, LENGTH = 16, 240  # the held-out text is read in so many pieces side by side, so many letters each
WARM_UP = 20  # letters of a piece that don't count: the state has only just begun
SHARE = 0.9  # of the text was there to learn from; what is held out comes behind it
VOWELS = "aeiouAEIOU"


def position_in_line(text, letters):
    """Letters since the last line break."""
    starts = np.maximum.accumulate([k + 1 if letter == "\n" else 0 for k, letter in enumerate(text)])
    return np.maximum(np.arange(len(text)) - starts + 1, 0)


def inside_quotes(text, letters):
    return np.cumsum([letter == '"' for letter in text]) % 2


def speaks(text, letters):
    """In a line that ends with a colon, which names who speaks."""
    lines = text.split("\n")
    return np.concatenate([np.full(len(line) + 1, line.endswith(":")) for line in lines])[: len(text)]


def one_of(wanted):
    return lambda text, letters: np.array([letter in (wanted or letters) for letter in text])


def after(wanted):
    def question(text, letters):
        return np.concatenate([[False], one_of(wanted)(text[:-1], letters)])

    return question


QUESTIONS = {
    "position in the line": position_in_line,
    "name of who speaks": speaks,
    "inside quotes": inside_quotes,
    "vowel": one_of(VOWELS),
    "capital letter": lambda text, letters: np.array([letter.isupper() for letter in text]),
    "after a space": after(" "),
    "one of my letters": one_of(""),
    "after one of my letters": after(""),
}


def answers_to(question, text, letters=""):
    """A number for each letter of the text; `letters` are the reader's own."""
    return QUESTIONS[question](text, letters).astype(np.float64) if text else np.zeros(0)


@cache
def held_out_text():
    """(text, whether it is a stand-in): the last tenth of the text, or of what stands in for it."""
    with contextlib.redirect_stdout(io.StringIO()):  # the lesson says itself what stands in
        data = tiny_shakespeare()
    text = data.text[int(SHARE * len(data.text)) :]
    return text[text.find("\n\n") + 2 :], data.stand_in


def held_out(vocabulary):
    """So much of the held-out text as is read, as far as it is written in these letters."""
    known = set(vocabulary)
    letters = [letter for letter in held_out_text()[0][: 2 * PIECES * LENGTH] if letter in known]
    return "".join(letters)[: PIECES * LENGTH]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Correlations r (k,) of all units with the answers, and with the answers moved elsewhere; None: no question."""

    r: np.ndarray
    shuffled: np.ndarray
    mean: np.ndarray  # of each unit over the text, and how far it usually lies from it
    spread: np.ndarray

    @property
    def best(self):
        return int(np.abs(self.r).argmax())

    @property
    def best_shuffled(self):
        return float(np.abs(self.shuffled).max())

    def ahead(self, unit):
        """By how much a unit beats the best one for shuffled answers."""
        return float(abs(self.r[unit])) - self.best_shuffled


def rank(values, answers):
    """values (n, t, k) of one row; answers (n · t,) in the order of the text. Constant answers give r = 0.

    To shuffle, the answers are moved half the text on: so they keep their rhythm, which single shuffled letters
    would lose, and a unit gains nothing by changing as slowly as they do.
    """
    n, t, k = values.shape
    counted = np.arange(t) >= min(WARM_UP, t // 2)
    moved = np.roll(answers, len(answers) // 2)
    rows = values[:, counted].reshape(-1, k)
    asked = [kept.reshape(n, t)[:, counted].ravel() for kept in (answers, moved)]
    mean, spread = rows.mean(axis=0), rows.std(axis=0)
    r, shuffled = (correlations(rows - mean, spread, answer) for answer in asked)
    return Ranking(r, shuffled, mean, spread)


def correlations(centred, spread, answer):
    size = answer.std() * spread
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (answer - answer.mean()) @ centred / len(answer) / size
    return np.where(size > 1e-12, r, 0.0)
