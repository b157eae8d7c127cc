"""Lesson 7: the same numbers by PyTorch, clothes, and traps."""

from claims import REAL, STAND_IN, Claim, behind, last, near, numbers, percents

WAVERS = """
with torch.no_grad():
    fresh.train()
    asked = [torch.softmax(fresh(unseen.X[unsure : unsure + 1]), dim=1).max().item() for _ in range(20)]
print(len(set(asked)))
"""
MEMORY = "print(len(clothes_optimiser.state_dict()['state'][0]))"
AS_IN_ORDER = "print(100 * evaluate(clothes_model, DataLoader(unseen, batch_size=500)), 100 * right)"

CLAIMS = (
    Claim("9 and 12: the numbers of lesson 4.", "requires_grad=True), torch.tensor(0.5", lambda said: numbers(said) == [9, 12]),
    Claim("18 and 24: the new gradients were added to the old ones.", "^r = (a * b + a) ** 2", lambda said: numbers(said)[-2:] == [18, 24]),
    Claim("(4, 3), as in lesson 3.", "numpy_gradient(lambda", lambda said: numbers(said) == [4, 3]),
    Claim("in `forward` it says what to do with an input", "class OneLayer", lambda said: "[2, 3]" in said and "[2]" in said),
    Claim("Equal to the last of 16 digits, forwards and backwards", "twin = same_network(params)", lambda said: max(float(word) for word in said.replace(",", " ").split() if "e-" in word) < 1e-14),
    Claim("makes shuffled mini-batches of it, as your `minibatches` did", "five = TableDataset", lambda said: [line.count("],") for line in said.splitlines()] == [1, 1, 0]),
    Claim("We take 4000 of the pictures to learn from and 1500 others to test with, whatever number there is.", "def train_clothes", lambda said: "of 1500 unseen" in said),
    Claim("With the photographs about five in six are right, and the digits were far easier.", "def train_clothes", lambda said: near(percents(said)[-1], 83.3, 2), data=REAL),
    Claim("it is nearly all of them", "def train_clothes", lambda said: percents(said)[-1] > 97, data=STAND_IN),
    Claim("(With the stand-in there may be no mistake to show.)", "truth, answer = ", lambda said: numbers(said)[0] < 40, "print(int((answers != unseen.y).sum()))", STAND_IN),
    Claim("and it learns just as well", "pixels shuffled", lambda said: near(*numbers(said), 2), AS_IN_ORDER),
    Claim("Why is the file three times as large as the parameters, with 4 bytes for each of them?", "tempfile.TemporaryDirectory", lambda said: near(numbers(said)[1] * 1e6 / (4 * numbers(said)[0]), 3, 0.2)),
    Claim("(Adam keeps two averages per parameter.)", "tempfile.TemporaryDirectory", lambda said: numbers(said) == [3], MEMORY),  # and its step count
    Claim("The differences are those of float32 against float64.", "# 1. yours", lambda said: last(said)[2] < 1e-5 and near(*last(said)[:2], 2e-6)),
    Claim("and the gradients of all batches pile up", "for forgotten in", lambda said: percents(said)[0] > percents(said)[1] + 30),
    Claim("the loss can't fall below ln(1 + 9/e) ≈ 1.461 for ten classes", "softmax twice", lambda said: last(said) == [0, 1.461]),
    Claim("that one is trained, and the others keep their random weights for ever", "class Deep", lambda said: [behind(said, name)[0] for name in ("list      :", "ModuleList:")] == [2, 6] and percents(said)[0] < percents(said)[1] - 20),
    Claim("asked twice about the picture it is least sure of, in training mode", "fresh.eval()(unseen.X)", lambda said: numbers(said)[0] > 5, WAVERS),
    Claim("It ran for two months on 992 graphics processors. Hardware failures made at least 35 restarts", "terabytes = ", lambda said: numbers(said) == [2.5, 1.7]),
)  # fmt: skip
SILENT = ("model = MLP([64, 32, 10], nn.ReLU, 0.0)\nprint(model)", "import keras")
