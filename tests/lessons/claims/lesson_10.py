"""Lesson 10: what a state keeps, invented names, and a task for a three-year-old."""

import math

from claims import REAL, STAND_IN, Claim, behind, last, near, numbers, percents

COUNTS = "print(len(data.names), len(everyone), len(unseen), k)"


def losses(said):
    """On names that were learned, on others, by guessing blindly."""
    return [behind(said, "loss per letter:")[0], *(float(line.split()[0]) for line in said.splitlines()[-2:])]


def listed(said):
    """The shares of new names that are in the list: short, middling, long; and of all."""
    rows = [(percents(line)[0], numbers(line)[-1]) for line in said.splitlines()[:3]]
    return [share for share, _ in rows] + [
        sum(share * count for share, count in rows) / sum(count for _, count in rows)
    ]


CLAIMS = (
    Claim("a column for each entry of the vocabulary", 'build_vocabulary(["anna", "hans"])', lambda said: "['a', 'h', 'n', 's']" in said and "[0 2 2 0] anna" in said),
    Claim("tanh      0.664                          −0.446", "print(rnn_step(", lambda said: [round(x, 3) for x in numbers(said)] == [0.664, -0.446]),
    Claim("With these weights it stays for three letters", "annahans", lambda said: min(numbers(said)[:3]) > 0.8 * numbers(said)[0] and numbers(said)[3] < numbers(said)[2] - 0.1 and numbers(said)[-1] < 0.1),
    Claim("And PyTorch's `nn.RNN` has to give the same", "torch.nn.RNN", lambda said: max(last(said)[:5]) < 1e-6 and max(float(line.split()[-1]) for line in said.splitlines()[-2:]) < 1e-12),
    Claim("T = 1      0.665   0.245   0.090", "np.bincount(draws", lambda said: all(near(*pair, 0.05) for pair in zip(numbers(said.splitlines()[0])[1:], [0.665, 0.245, 0.09], strict=True))),
    Claim("A list of 32 033 first names, some of them twice.", "def start_params", lambda said: numbers(said)[0] == 32_033, COUNTS, REAL),
    Claim("A tenth of the 29 494 is put aside.", "def start_params", lambda said: numbers(said)[1:3] == [29_494, 2949], COUNTS, REAL),
    Claim("a few hundred names of cities stand in", "def start_params", lambda said: 200 < numbers(said)[0] < 800, COUNTS, STAND_IN),
    Claim("Blindly it would be 27, the 26 letters and the line break.", "def start_params", lambda said: numbers(said)[3] == 27, COUNTS),
    Claim("Now it is about e²·¹, eight.", "def start_params", lambda said: round(math.exp(losses(said)[1])) == 8, data=REAL),
    Claim("with the list of names the two were close above", "def start_params", lambda said: 0 < losses(said)[1] - losses(said)[0] < 0.1, data=REAL),
    Claim("the first loss becomes small and the second one larger than blind guessing", "def start_params", lambda said: losses(said)[0] < 1.2 and losses(said)[1] > losses(said)[2], data=STAND_IN),
    Claim("Some of its names are in the list, above all short ones.", "difflib", lambda said: 10 < listed(said)[3] < 45 and listed(said)[:3] == sorted(listed(said)[:3], reverse=True), data=REAL),
    Claim("nearly all that it writes is in the list, long ones too", "difflib", lambda said: listed(said)[2] > 80 and listed(said)[3] > 85, data=STAND_IN),
    Claim("Below 1 the differences become larger, and the likely becomes likelier", "def invent", lambda said: len(set((rows := [line.split(": ")[1].split(", ") for line in said.splitlines()])[0])) <= len(set(rows[2]))),
    Claim("With clipping it learns as before.", "wild[1]", lambda said: last(said)[1] < 2.6),
    Claim("in the end it is worse than blind guessing (3.30)", "wild[1]", lambda said: last(said)[-1] > 3.3),
    Claim("With 4000 in place of 500 it still guesses at 40 letters.", "def memory_batch", lambda said: min(percents(said)[0:6:2]) >= 99 and near(percents(said)[8], 25, 6)),
    Claim("its first guess was right in 16.4 % of all cases", "first_guess in", lambda said: last(said) == [7.7, 6.1]),
)  # fmt: skip
SILENT = ()
