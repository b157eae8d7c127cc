"""Lesson 6: optimisers, plans, penalties and batch norm on the digits."""

from claims import Claim, last, near, numbers, percents


def row(said, name):
    return percents(next(line for line in said.splitlines() if line.startswith(name)))


CLAIMS = (
    Claim("Down the column of 0.001, Adam seems a wonder and SGD useless.", "def train_with", lambda said: row(said, "Adam")[0] > 60 and row(said, "SGD")[0] < 15),
    Claim("the best three numbers are a few points apart", "def train_with", lambda said: max(best := [max(row(said, name)) for name in ("SGD", "momentum", "Adam")]) - min(best) <= 6),
    Claim("Compare SGD at 0.1 with momentum at 0.01", "def train_with", lambda said: near(row(said, "SGD")[4], row(said, "momentum")[2], 3)),
    Claim("somewhere around 0.001 to 0.01", "def train_with", lambda said: min(row(said, "Adam")[1:3]) > 85),
    Claim("Without a plan the first long steps silence the hidden neurons", "def train_planned", lambda said: max(row(said, "1.5 all the time")) < 40),
    Claim("With it the network learns, if not always well.", "def train_planned", lambda said: min(row(said, "20 steps")) > 40),
    Claim("With p = 0.5: (1, 2, 3, 4) may become (2, 0, 0, 8).", "dropout(np.ones((4, 8))", lambda said: set(numbers(said)) == {0, 2}),
    Claim("Both know fewer of the labels they were shown, and more of the truth.", "def train_noisy", lambda said: all(row(said, name)[0] < row(said, "nothing")[0] and row(said, name)[1] > row(said, "nothing")[1] + 5 for name in ("lambda = 0.01", "p = 0.5"))),
    Claim("too much of it is as bad as nothing", "def train_noisy", lambda said: near(row(said, "lambda = 0.03")[1], row(said, "nothing")[1], 5)),
    Claim("The referee, with a random upstream gradient", "gamma, beta = rng.normal(size=3)", lambda said: max(last(said)) < 1e-7),
    Claim("With batch norm it hardly matters how it was started.", "def train_deep", lambda said: max(last(said)) < 0.5),
    Claim("Without, it learns from the right size only.", "def train_deep", lambda said: [numbers(line)[1] < 1 for line in said.splitlines()] == [False, True, False, False]),
    Claim("So the step is about three times too *long*", "10**6", lambda said: near(last(said)[1] / last(said)[0], 3, 0.3)),
    Claim("Left on, it is worse, and each time by another amount.", "[True] * 5", lambda said: max(percents(said)[:5]) < percents(said)[5] and len(set(percents(said)[:5])) > 2),
    Claim("Whatever you put in, the output is β", "[-300.0, 7.0]", lambda said: [numbers(line.split("→")[1]) for line in said.splitlines()] == [[0.5, -0.5]] * 2),
    Claim("The peak was 0.00006.", "laptop = ", lambda said: last(said)[1] == 6e-5),
    Claim("then a cosine down to a tenth of the peak over 260 billion tokens", "laptop = ", lambda said: near(last(said)[3], 6e-6, 1e-7)),
)  # fmt: skip
SILENT = ()
