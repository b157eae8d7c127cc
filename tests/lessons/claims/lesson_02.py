"""Lesson 2: layers by hand, and borrowed weights that read digits."""

from claims import Claim, last, near, numbers, percents

SURE = "print((probabilities[wrong].max(axis=1) > 0.9).sum(), wrong.size)"

CLAIMS = (
    Claim("third neuron    3 · (−1) + 1 · 1  + 0    =  −2", "dense(np.array([[3.0", lambda said: numbers(said) == [5.5, 0, -2]),
    Claim("the probabilities are 0.245, 0.665 and 0.090", "softmax(np.array([[1.0", lambda said: [round(p, 3) for p in numbers(said)[:3]] == [0.245, 0.665, 0.09]),
    Claim("=  (0.73, 0.27)", "forward(np.array([[1.0, 0.0]])", lambda said: [round(p, 2) for p in numbers(said)] == [0.73, 0.27]),
    Claim("(The tiny rest is rounding", "two_layers = ", lambda said: numbers(said)[0] < 1e-12),
    Claim("gets all four corners of XOR right", "xor {x2:.0f}", lambda said: [p > 0.5 for p in last(said.replace(" for yes", ""))] == [False, True, True, False]),
    Claim("About one in ten, as good as rolling a die with ten sides.", "untrained = ", lambda said: 5 <= percents(said)[0] <= 16),
    Claim("We ask about the other 360, which took no part in the training", "trained = digits_network()", lambda said: "of 360 unseen" in said),
    Claim("Being right nine times in ten", "trained = digits_network()", lambda said: near(percents(said)[0], 90, 2)),
    Claim("how sure the network is of some wrong answers", "trained = digits_network()", lambda said: numbers(said)[0] >= 3, SURE),
    Claim("Half the size leaves about a thousandth: ½ ten times over.", "He's size times", lambda said: 0.0005 < numbers(said)[1] < 0.002),
    Claim("Twice the size makes it about a thousand times as large.", "He's size times", lambda said: 500 < numbers(said)[-1] < 2000),
    Claim("With He's own size it stays *about* 1", "He's size times", lambda said: 0.5 < numbers(said)[3] < 2),
    Claim("as 30 × 32 camera pixels, together with 8 × 32 numbers from a laser range finder and one", "inputs = 30", lambda said: numbers(said)[0] == 1217),
)  # fmt: skip
SILENT = ()
