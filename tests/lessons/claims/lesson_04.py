"""Lesson 4: messages by hand, the referee, and gradients that are wrong and learn."""

from claims import Claim, behind, last, near, numbers, percents

CLAIMS = (
    Claim("add the local slope, 2, times the gradient that has arrived at out", "out = double(a)", lambda said: numbers(said) == [3, 2, 6, 1]),
    Claim("9 and 12, as by hand.", "r = power(add(multiply", lambda said: numbers(said) == [2, 9, 0.5, 12]),
    Claim("that teaches itself XOR", "epoch {epoch:3}", lambda said: [behind(said, f"{corner}:")[0] > 0 for corner in ("0 xor 0", "0 xor 1", "1 xor 0", "1 xor 1")] == [False, True, True, False]),
    Claim("1 · 0.5 + (−1) · (−1) = 1.5. For x₂: 2 · 0.5 + 1 · (−1) = 0.", "dense_backward(np.array([[0.5", lambda said: numbers(said)[:2] == [1.5, 0]),
    Claim("2 · 0.5    2 · (−1)     =     1     −2", "dense_backward(np.array([[0.5", lambda said: numbers(said)[2:6] == [0.5, -1, 1, -2]),
    Claim("=  (0.245,  −0.335,  0.090)", "softmax_cross_entropy(np.array([[1.0", lambda said: [round(x, 3) for x in numbers(said)[-3:]] == [0.245, -0.335, 0.09]),
    Claim("a slope that is itself nearly 0 may give some 10⁻⁵", "def check_all", lambda said: max(float(line.rsplit(" ", 1)[1]) for line in said.splitlines()[:4]) < 9e-5),
    Claim("There is a way to get all slopes at once", "def check_all", lambda said: behind(said, "nudging")[0] > 100 * behind(said, "backpropagation")[0]),
    Claim("It starts near ln 10 ≈ 2.3, the loss of guessing among ten, and hardly better than guessing.", "step % 60", lambda said: near(behind(said, "step   0: loss")[0], 2.3, 0.15) and percents(said)[0] < 20),
    Claim("Here every number in the network was found by your gradients.", "step % 60", lambda said: percents(said)[-1] > 88),
    Claim("That gradient is plainly wrong, and the referee says so.", "def gradients_without_mask", lambda said: behind(said, "right gradients: relative error")[0] < 1e-3 and behind(said, "wrong gradients: relative error")[0] > 0.1),
    Claim("Falling losses and decent accuracies prove nothing about a gradient.", "def gradients_without_mask", lambda said: near(*percents(said), 3) and min(percents(said)) > 85),
    Claim("every direction less than 90° away from the right one still leads downhill", "def gradients_without_mask", lambda said: 10 < behind(said, "wrong gradients: relative error")[1] < 90),
    Claim("So the first layers of a deep sigmoid network hardly learn.", "what arrives at the first layer", lambda said: last(said)[0] > 0.1 and last(said)[1] < 1e-4),
    Claim("so its gradients are exactly 0", "b1[3] = -50", lambda said: "neuron 3: largest gradient 0.0000, all exactly 0: True" in said and "neuron 4" in said and "False" in said),
)  # fmt: skip
SILENT = ()
