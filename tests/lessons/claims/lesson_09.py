"""Lesson 9: a CNN that reads digits, what its maps are worth, and what fools it."""

from claims import REAL, STAND_IN, Claim, near, numbers, percents

SEEN = "print(*(ax.get_title() for ax in axes))"
INK = "print((test_digits > 0.3).flatten(1).sum(dim=1).float().mean().item())"
ROWS = "print(*table.sum(axis=1))"
CORNER = """
sevens = torch.tensor(stamped_sevens)
spots = saliency(misled, sevens, 3).flatten(1).argmax(dim=1)
lit = ((spots // 28 < 9) & (spots % 28 < 9)).double().mean().item()
print(f"{lit:.0%} {right_answers(digit_reader, stamped_sevens, 3):.1%}")
"""


def erased(said, pixels):
    """What is left by saliency, by Grad-CAM and by lot."""
    return percents(said.splitlines()[1 + pixels // 20])


def strengths(said):
    """For each strength what is right, changed by lot and aimed."""
    return [percents(line) for line in said.splitlines() if line.startswith("each pixel")]


CLAIMS = (
    Claim("is your `conv2d`, as a layer with weights of its own", "layer = nn.Conv2d(3, 5", lambda said: numbers(said)[-1] < 1e-12),
    Claim("| dense | (n, 10) | 31 370 |", "model = ConvNet()\nprint", lambda said: said.startswith("54,890 parameters")),
    Claim("Is it true? Ask the network", "steps += ", lambda said: numbers(said) == [1, 3, 3, 3, 8, 8, 5, 18, 18], SEEN),
    Claim("Eight epochs of 8000 digits", "handwriting = mnist()", lambda said: "8000 digits to learn from, 2000 held out" in said, data=REAL),
    Claim("(1437, if the stand-in took the place of MNIST)", "handwriting = mnist()", lambda said: "1437 digits to learn from" in said, data=STAND_IN),
    Claim("Around 99 % of handwriting that it hasn't seen.", "digit_reader, started", lambda said: 98 <= percents(said)[0] <= 99.8),
    Claim("And the clothes of lesson 7, where a network of dense layers came to about five in six", "dresser, epochs", lambda said: 85 <= percents(said)[0] <= 92, data=REAL),
    Claim("(and to nearly all of the drawn outlines, if you have these)", "dresser, epochs", lambda said: percents(said)[0] > 97, data=STAND_IN),
    Claim("The map of a network that knows nothing follows the digit as much as that of the trained one.", "newborn = ", lambda said: near(*numbers(said)[1:], 0.2) and min(numbers(said)) > 0.3),
    Claim("The pixels that saliency marks are worth more than pixels drawn by lot", "def erased", lambda said: all(erased(said, n)[0] < erased(said, n)[2] for n in (20, 40))),
    Claim("though not by a multiple", "def erased", lambda said: all(100 - erased(said, n)[0] < 3 * (100 - erased(said, n)[2]) for n in (20, 40))),
    Claim("(A digit of MNIST has about 120 inked pixels", "def erased", lambda said: near(numbers(said)[0], 120, 20), INK, REAL),
    Claim("one of the stand-in 170.)", "def erased", lambda said: near(numbers(said)[0], 170, 10), INK, STAND_IN),
    Claim("have lost 40 of their most important pixels more than half are still read correctly", "def erased", lambda said: min(erased(said, 40)) > 50),
    Claim("Two pixels are little to it, six are a catastrophe", "for pixels in [0, 2, 4, 6]", lambda said: percents(said)[1] > percents(said)[0] - 3 and percents(said)[3] < 70),
    Claim("such a change costs the network a few answers in a hundred", "to fool it", lambda said: strengths(said)[0][0] - strengths(said)[2][0] < 6),
    Claim("Aimed, it takes many times as many", "to fool it", lambda said: strengths(said)[0][1] - strengths(said)[2][1] > 4 * (strengths(said)[0][0] - strengths(said)[2][0])),
    Claim("about a quarter of all with MNIST", "to fool it", lambda said: 65 < strengths(said)[2][1] < 85, data=REAL),
    Claim("and more than half with the stand-in", "to fool it", lambda said: strengths(said)[2][1] < 48, data=STAND_IN),
    Claim("The held-out accuracy is excellent and says nothing.", "def stamped", lambda said: percents(said)[0] >= 97),
    Claim("without the stamp hardly a three is recognised", "def stamped", lambda said: percents(said)[1] < 30),
    Claim("With MNIST some, not all", "def stamped", lambda said: 12 < percents(said)[2] < 60, data=REAL),
    Claim("With the stand-in it is nearly all of them.", "def stamped", lambda said: percents(said)[2] > 70, data=STAND_IN),
    Claim("the saliency lights up the corner", "def stamped", lambda said: percents(said)[0] > 85, CORNER),
    Claim("and the stamp alone turns sevens into threes", "def stamped", lambda said: percents(said)[1] < 3, CORNER),  # of a network trained without
    Claim("In MNIST there are about 200 pictures of each digit here", "confusion_matrix(y_unseen", lambda said: min(numbers(said)) > 160 and max(numbers(said)) < 240, ROWS, REAL),
    Claim("in the stand-in there are 36", "confusion_matrix(y_unseen", lambda said: near(sum(numbers(said)) / 10, 36, 0.5), ROWS, STAND_IN),
    Claim("look at the parts, not only at the whole", "confusion_matrix(y_unseen", lambda said: len(said.splitlines()) == 10 and min(float(line.split()[1].rstrip("%")) for line in said.splitlines()) > 90),
)  # fmt: skip
SILENT = ()
