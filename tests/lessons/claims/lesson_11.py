"""Lesson 11: what a cell keeps, and a writer."""

import re

from claims import REAL, STAND_IN, Claim, near, numbers, percents

LENGTHS = """
lengths = []
for temperature in (0.3, 0.8):
    text = generate(writer, prompt, 1000, temperature, np.random.default_rng(1))
    lengths.append(len(longest_copy(text[len(prompt):], source)))
for start in len(learn) + np.array([0, 20000, 40000]):
    lengths.append(len(longest_copy(plays.text[start : start + 1000], source)))
print(*lengths)
"""
SIZE = "print(len(plays.text), len(vocabulary))"
UNITS = "print(writer.lstm.hidden_size)"


def curve(said, name):
    """What is right at 5, 10, 20, 40 and 60 steps."""
    return percents(next(line for line in said.splitlines() if line.startswith(name)))


def table(said):
    """Nats: guessing blindly, by counting letters, on the last tenth, on the first tenth."""
    return [float(found) for found in re.findall(r"(\d\.\d\d) nats", said)]


def powers(said):
    return [float(found) for found in re.findall(r"\de[-+]\d+", said)]


CLAIMS = (
    Claim("h = 0.269 · tanh(0.821) = 0.182", "h, c, _ = lstm_step", lambda said: numbers(said) == [0.821, 0.182]),
    Claim("From the last step to the first, with two messages that travel.", "gradients = lstm_backward", lambda said: len(powers(said)) == 6 and max(powers(said)) < 1e-6),
    Claim("Both ways, for both kinds of layer:", "kinds = ", lambda said: len(powers(said)) == 4 and max(powers(said)) < 1e-12),
    Claim("With a forget bias of 1, the LSTM fails at 40 steps as the simple network does.", "curves = ", lambda said: max(curve(said, "tanh")[3], curve(said, "LSTM, forget bias 1")[3]) < 40),
    Claim("It is gates that keep from the beginning.", "curves = ", lambda said: min(curve(said, "LSTM, forget bias 5")) > 95 and min(curve(said, "tanh")[:2]) > 95),
    Claim("It would be easy to stop here and say that a simple network can't remember over 60 steps.", "for seed in range(5)", lambda said: max(curve(said, "tanh")) < 45 and min(curve(said, "LSTM")) > 95),
    Claim("exist in the simple network too, and with short distances first it finds them", "growing = ", lambda said: min(percents(said)) > 95),
    Claim("A million characters of Shakespeare's plays", "plays = tiny_shakespeare()", lambda said: numbers(said) == [1_115_394, 65], SIZE, REAL),
    Claim("half a million of Python's own help texts", "plays = tiny_shakespeare()", lambda said: near(numbers(said)[0], 5e5, 1e5), SIZE, STAND_IN),
    Claim("How good is it on what it has never read?", "def mean_loss", lambda said: table(said)[0] > table(said)[1] > table(said)[2] + 1 and table(said)[2] >= table(said)[3]),
    Claim("At a low temperature it says the most common things again and again", "ROMEO", lambda said: said.count(" the ") >= 5),
    Claim("With the plays, twenty to thirty letters", "def longest_copy", lambda said: all(18 <= length <= 34 for length in numbers(said)[:2]), LENGTHS, REAL),
    Claim("That is hardly more than Shakespeare repeats himself.", "def longest_copy", lambda said: max(numbers(said)[:2]) < 2 * max(numbers(said)[2:]), LENGTHS, REAL),
    Claim("The help texts repeat themselves far more", "def longest_copy", lambda said: max(numbers(said)[2:]) > 35, LENGTHS, STAND_IN),
    Claim("and so does a writer that has read them", "def longest_copy", lambda said: max(numbers(said)[:2]) > 35, LENGTHS, STAND_IN),
    Claim("With 256 numbers, some will go along with *any* question, by chance.", "plays = tiny_shakespeare()", lambda said: numbers(said) == [256], UNITS),
    Claim("The loss falls wonderfully:", "parrot = ", lambda said: numbers(said)[0] < 0.1),
    Claim("It has learned to say what it just heard.", "parrot = ", lambda said: said.count("e") > 30),
    Claim("Most comes from the last ten.", "def forgetful_loss", lambda said: table(said)[0] - table(said)[3] > 10 * (table(said)[3] - table(said)[6])),
    Claim("Of the plays there is a little more up to about fifty", "def forgetful_loss", lambda said: 0.02 < table(said)[3] - table(said)[5] < 0.2, data=REAL),
    Claim("(of the help texts next to nothing)", "def forgetful_loss", lambda said: abs(table(said)[3] - table(said)[5]) < 0.04, data=STAND_IN),
    Claim("and beyond that hardly anything", "def forgetful_loss", lambda said: abs(table(said)[5] - table(said)[6]) < 0.03),
)  # fmt: skip
SILENT = ()
