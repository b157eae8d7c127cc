"""Lesson 8: kernels, the referee, wandering digits in order and shuffled, and what breaks."""

from claims import REAL, STAND_IN, Claim, last, near, numbers, percents

SIDES = """
answer = conv2d_loops(photo[None, None], edge_kernels["vertical"][None, None], np.zeros(1), 1, 0)
print(answer.max(), answer.min())
"""
SIZES = "print(sum(array.size for array in learned), sum(map(np.size, (W1, b1, W2, b2))), len(learn), len(unseen))"
BYTES = "print(wrapped[(true < 0) & (true > -100)].min(), true.min(), true.max())"

CLAIMS = (
    Claim("1  2  0  1        1  −1        5   4   3", "conv2d_loops(X, W, np.zeros(1), 1, 0)", lambda said: numbers(said) == [5, 4, 3, -1, 2, 7]),
    Claim("At the left side of the tower the answer has one sign and at the right side the other", "load_sample_image", lambda said: numbers(said)[0] > 1.5 and numbers(said)[1] < -1.5, SIDES),
    Claim("at least 20 times as fast as with them", "times as fast", lambda said: last(said)[1] > 20),
    Claim("The referee, on a picture that isn't square", "from nudging", lambda said: max(last(said)) < 1e-7),
    Claim("It finds the classic by itself, out of one photograph.", "range(2001)", lambda said: last(said)[:4] == sorted(last(said)[:4], reverse=True) and last(said)[3] < 1e-4),
    Claim("It finds the classic by itself", "range(2001)", lambda said: all(near(*pair, 0.05) for pair in zip(numbers(said)[-9:], [-1, 0, 1, -2, 0, 2, -1, 0, 1], strict=True))),
    Claim("which has twelve times as many parameters, 50 890", "wandering = ", lambda said: numbers(said)[:2] == [208 + 3930, 50_890], SIZES),
    Claim("with MNIST, 4000 are learned from and 2000 are judged", "wandering = ", lambda said: numbers(said)[2:] == [4000, 2000], SIZES, REAL),
    Claim("The stand-in has 1198 digits to learn from", "wandering = ", lambda said: numbers(said)[2] == 1198, SIZES, STAND_IN),
    Claim("With MNIST and the pixels in order the CNN is ahead by some points", "wandering = ", lambda said: 3 < percents(said)[-4] - percents(said)[-3] < 9, data=REAL),
    Claim("Shuffled, it collapses", "wandering = ", lambda said: percents(said)[-2] < percents(said)[-4] - 20),
    Claim("The dense network hasn't noticed anything.", "wandering = ", lambda said: near(percents(said)[-1], percents(said)[-3], 2)),
    Claim("and the dense layers are ahead even in order", "wandering = ", lambda said: percents(said)[-3] > percents(said)[-4] + 5, data=STAND_IN),
    Claim("shuffling costs the CNN about half of what it knew, and the dense layers nothing", "wandering = ", lambda said: near(percents(said)[-2] / percents(said)[-4], 0.5, 0.12)),
    Claim("a faint −3 becomes a glaring 253", "bytes_ = ", lambda said: numbers(said)[0] > 155 and numbers(said)[1] < -100, BYTES),
    Claim("where a bright sky meets black there is an edge, one of the strongest in the picture", "sky = np.ones", lambda said: min(map(abs, numbers(said)[:6] + numbers(said)[-6:])) >= 3 and not any(numbers(said)[6:-6])),
    Claim("The difference is small, and few would have noticed.", "careless_backward", lambda said: 0 < abs(percents(said)[0] - percents(said)[1]) < 4 and min(percents(said)) > 85),
    Claim("82 % were read correctly, 1 % wrongly, and with 17 %", "cheques = ", lambda said: [n / 3_000_000 for n in last(said)] == [0.82, 0.01, 0.17]),
)  # fmt: skip
SILENT = ()
