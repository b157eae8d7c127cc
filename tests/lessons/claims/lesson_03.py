"""Lesson 3: losses and slopes by hand, tumours, and what goes wrong with a step."""

from claims import Claim, last, near, numbers, percents

TURNS = """
seen, unseen = ([loss(X_part, y_part, *wb) for wb in trained] for X_part, y_part in [(X_learn, y_learn), (X_unseen, y_unseen)])
print(steps[np.argmin(unseen)], np.all(np.diff(seen) < 0))
"""
FIRST_STEPS = """
for lr in (0.05, 0.5, 50):
    w_now, b_now, now = np.zeros(30), 0.0, []
    for _ in range(60):
        now.append(loss(X_learn, y_learn, w_now, b_now))
        dw, db = logistic_gradient(X_learn, y_learn, w_now, b_now)
        w_now, b_now = w_now - lr * dw, b_now - lr * db
    print(now[0], now[1], now[-1])
"""
BEST_H = """
both, one = np.abs(central - np.e), np.abs(one_sided - np.e)
print(np.log10(hs[both.argmin()]), np.log10(hs[one.argmin()]), one.min() / both.min(), both[-1] / both[-2], one[-1] / one[-2])
"""


def three(said, column):
    return [numbers(line)[column] for line in said.splitlines()]


CLAIMS = (
    Claim("their mean    (0.25 + 0 + 4) / 3  ≈  1.417", "mse(np.array([2.5", lambda said: near(numbers(said)[1], 1.417, 5e-4)),
    Claim("mean ≈ 0.780", "cross_entropy(probs, np.array([0, 1]))", lambda said: near(numbers(said)[1], 0.780, 5e-4)),
    Claim("For ten digits that is 2.30.", "cross_entropy(probs, np.array([0, 1]))", lambda said: near(numbers(said)[3], 2.30, 5e-3)),
    Claim("The two together, (4, 3), are the **gradient**.", "numerical_gradient(f, np.array([2.0", lambda said: numbers(said) == [4, 3]),
    Claim("2.4  →  2.4 − 0.1 · 4.8  =  1.92  →  1.536", "gradient_descent(lambda x: 2 * x", lambda said: numbers(said) == [3, 2.4, 1.92, 1.536]),
    Claim("(8 − 4) / 1.633 ≈ 2.45", "standardise(np.array([[2.0]", lambda said: near(numbers(said)[-1], 2.45, 5e-3)),
    Claim("They become −1.22, 0 and 1.22.", "standardise(np.array([[2.0]", lambda said: [round(x, 2) for x in numbers(said)[:3]] == [-1.22, 0, 1.22]),
    Claim("it differs from its twin by more than the last few digits", "dw by nudging", lambda said: all(near(a, b, 1e-6) for a, b in zip(numbers(said)[:3], numbers(said)[3:6], strict=True))),
    Claim("at least 95 times in 100", "tumours = breast_cancer()", lambda said: percents(said)[0] >= 95),
    Claim("One neuron, and about 96 %.", "tumours = breast_cancer()", lambda said: near(percents(said)[0], 96, 0.5)),
    Claim("For each of the 569 it is known", "tumours = breast_cancer()", lambda said: numbers(said)[:2] == [569, 30]),
    Claim("The two kinds of error are not alike.", "has helped nobody", lambda said: percents(said)[0] < 65 and min(numbers(said)[1:]) > 0),
    Claim("You can shift the balance", "threshold in [0.5", lambda said: three(said, 1) == sorted(three(said, 1), reverse=True) and three(said, 2) == sorted(three(said, 2))),
    Claim("it turns round after some 70 steps", "np.geomspace(1, 1000, 30)", lambda said: 50 < numbers(said)[0] < 95, TURNS),
    Claim("The loss on the tumours it learns from falls and falls.", "np.geomspace(1, 1000, 30)", lambda said: "True" in said, TURNS),
    Claim("the loss jumps from 0.69 to 1.24", "(50, \"--\")", lambda said: [round(x, 2) for x in numbers(said)[6:8]] == [0.69, 1.24], FIRST_STEPS),
    Claim("after 60 steps it has even caught up", "(50, \"--\")", lambda said: last(said)[2] < 1.5 * last(said)[1], FIRST_STEPS),
    Claim("And 0.05 is safe, and the slowest.", "(50, \"--\")", lambda said: last(said)[0] == max(last(said)), FIRST_STEPS),
    Claim("their weights are thrown to and fro by hundreds", "1e-6, 1e-7]", lambda said: last(said)[0] > 100),
    Claim("The smaller the rate, the calmer they are", "1e-6, 1e-7]", lambda said: last(said) == sorted(last(said), reverse=True)),
    Claim("it calls every tumour malignant", "1e-6, 1e-7]", lambda said: near(percents(said)[-1], 38.7, 0.1)),
    Claim("No learning rate comes near the 95.8 % of the common ruler.", "1e-6, 1e-7]", lambda said: max(percents(said)) < 94),
    Claim("No learning rate comes near the 95.8 %", "tumours = breast_cancer()", lambda said: percents(said)[0] == 95.8),
    Claim("10⁻⁵ to 10⁻⁷ with both sides, about 10⁻⁸ with one, and there it is a hundred times worse", "hs = 10.0", lambda said: -7.1 < numbers(said)[0] < -4.9 and near(numbers(said)[1], -8, 0.1) and 30 < numbers(said)[2] < 3000, BEST_H),
    Claim("makes both sides a hundred times better, and one side ten times", "hs = 10.0", lambda said: near(numbers(said)[3], 100, 10) and near(numbers(said)[4], 10, 1), BEST_H),
)  # fmt: skip
SILENT = ("found = gradient_descent(downhill",)
