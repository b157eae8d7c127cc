"""Lesson 5: digits that weren't seen, labels drawn by lot, and whose hand it was."""

from claims import Claim, behind, near, numbers, percents

COLUMNS = "mistakes = counts - np.diag(np.diag(counts))\nprint(mistakes.sum(), *mistakes.sum(axis=0))"
CURVES = "print(np.argmin(val_losses), val_losses[5] < train_losses[5], train_losses[-1] < train_losses[30])"

CLAIMS = (
    Claim("for 10 samples and portions of 4: they are shuffled, then come 4, 4 and 2", "np.arange(10) * 1.5", lambda said: [len(numbers(line)) // 2 for line in said.splitlines()] == [4, 4, 2]),
    Claim("at least 95 of 100, after a second of training", "params, history = train(\n    X_train, y_train", lambda said: percents(said)[1] >= 95),
    Claim("(The 91 % of lesson 4 were on other digits, which are harder for a reason.", "params, history = train(\n    X_train, y_train", lambda said: percents(said)[1] > 93),
    Claim("Half of the mistakes are in one column: this network takes too many things for a 1.", "off_diagonal", lambda said: near(numbers(said)[2] / numbers(said)[0], 0.5, 0.13) and numbers(said)[2] == max(numbers(said)[1:]), COLUMNS),
    Claim("From about epoch 30 on the network begins to learn the wrong labels by heart.", "by_lot = rng.random(300)", lambda said: near(behind(said, "in epoch")[0], 30, 8)),
    Claim("The unseen curve even lies below the other", "by_lot = rng.random(300)", lambda said: "False" not in said, CURVES),
    Claim("while on unseen digits it gets worse", "by_lot = rng.random(300)", lambda said: percents(said)[0] > percents(said)[1] + 10),
    Claim("one bad epoch means nothing", "patience=10", lambda said: numbers(said)[0] == numbers(said)[1] + 10),
    Claim("All of them, or nearly, and unseen digits about as well as by drawing lots.", "nonsense = ", lambda said: percents(said)[0] >= 97 and percents(said)[1] <= 20),
    Claim("Five or six points in a hundred, from the way of splitting alone.", "in_order = ", lambda said: 4.5 <= percents(said)[0] - percents(said)[1] <= 6.5),
    Claim("They differ by two or three points", "k_folds(len(X), 5", lambda said: 1.5 <= max(percents(said)) - min(percents(said)) <= 3.5),
)  # fmt: skip
SILENT = ()
