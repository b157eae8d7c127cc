"""Lesson 1: the umbrella, the flowers, and a score of strokes."""

from claims import Claim, numbers, percents

CORRECTIONS = """
w_now, b_now, corrections = np.zeros(2), 0.0, 0
for _ in range(10):
    for x, label in zip(X_learn, y_learn):
        w_next, b_next = perceptron_step(x, label, w_now, b_now, 0.1)
        corrections += b_next != b_now
        w_now, b_now = w_next, b_next
print(corrections, np.mean(step(weighted_sum(X_learn, w, b)) == y_learn))
"""
JUMPS = "print(len(accuracies), max(accuracies), np.count_nonzero(np.diff(accuracies[-20:])))"

CLAIMS = (
    Claim("The first two are the ones we worked out by hand.", "mornings = ", lambda said: numbers(said)[:2] == [1.5, -1.5]),
    Claim("The flowers it learned from are on the right sides.", "label=\"your line\"", lambda said: numbers(said)[1] == 1, CORRECTIONS),
    Claim("It was an easy case: four corrections are enough.", "label=\"your line\"", lambda said: numbers(said)[0] == 4, CORRECTIONS),
    Claim("after learning from 75 real flowers", "right.mean()", lambda said: "of 75 unseen" in said and percents(said)[0] >= 95),
    Claim("It never comes to rest.", "versicolor or virginica?", lambda said: numbers(said)[1] < 1 and numbers(said)[2] >= 10, JUMPS),
    Claim("two points are enough", "blood thinners", lambda said: said == "z = 1.5: consider blood thinners\n"),
)  # fmt: skip
SILENT = ()
