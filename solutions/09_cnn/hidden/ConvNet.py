"""Held-out cases of `ConvNet`, known mistakes with their diagnosis, other right answers."""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder import exercise, inputs, reduced

ConvNet = exercise("ConvNet")


def numbers_of(tensor):
    """A tensor's numbers where they are floats, else none."""
    numbers = getattr(tensor, "array", None)
    return numbers if numbers is not None and numbers.dtype.kind == "f" else np.empty(0)


@ConvNet.held_out(judge=reduced(lambda scores: numbers_of(scores).shape))
def many_pictures(ConvNet):
    X = torch.tensor(inputs("many", (17, 1, 28, 28), 0, 1), dtype=torch.float32)
    return ConvNet()(X)


def agree(both):
    """Whether the scores of two networks are the same."""
    scores = [numbers_of(each) for each in both] if isinstance(both, list) else []
    if [each.shape for each in scores] != 2 * [(3, 10)]:
        return "no scores"
    return bool(np.allclose(*scores, rtol=1e-4, atol=1e-5))


@ConvNet.held_out(judge=reduced(agree))
def its_weights_fit_into_another_one(ConvNet):
    first, second = ConvNet().eval(), ConvNet().eval()
    second.load_state_dict(first.state_dict())
    X = torch.tensor(inputs("fit", (3, 1, 28, 28), 0, 1), dtype=torch.float32)
    return [first(X), second(X)]


@ConvNet.held_out(judge=reduced(lambda scores: [numbers_of(scores).shape, bool(np.isfinite(numbers_of(scores)).all())]))
def one_picture_after_a_step_of_training(ConvNet):
    model = ConvNet().train()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
    X = torch.tensor(inputs("step", (5, 1, 28, 28), 0, 1), dtype=torch.float32)
    F.cross_entropy(model(X), torch.tensor([0, 9, 3, 3, 5])).backward()
    optimiser.step()
    return model.eval()(X[:1])


class Right(nn.Module):
    """A right network, whose steps the mistakes below change one at a time."""

    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(1, 8, 3, padding=1)
        self.two = nn.Conv2d(8, 16, 3, padding=1)
        self.out = nn.Linear(16 * 49, 10)

    def bend(self, X):
        return X.relu()

    def maps(self, X):
        return F.max_pool2d(self.bend(self.two(F.max_pool2d(self.bend(self.one(X)), 2))), 2)

    def flat(self, X):
        return X.flatten(1)

    def last(self, X):
        return X

    def forward(self, X):
        return self.last(self.out(self.flat(self.maps(X))))


@ConvNet.mistake(
    "flatten-with-batch",
    "view(-1, …) let the batch absorb a wrong number of features. Flatten from axis 1: x.flatten(1).",
)
class BatchAbsorbs(Right):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(16 * 49 // 2, 10)

    def flat(self, X):
        return X.reshape(-1, 16 * 49 // 2)


@ConvNet.mistake("batch-flattened", "flatten() without an axis makes one row of the whole batch: x.flatten(1).")
class AllInOneRow(Right):
    def flat(self, X):
        return X.flatten()


@ConvNet.mistake(
    "wrong-in-features", "After your pooling there are other features than that: print x.shape before the dense layer."
)
class FromAnotherNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(16 * 5 * 5, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, X):
        X = F.max_pool2d(F.relu(self.conv1(X)), 2)
        X = F.max_pool2d(F.relu(self.conv2(X)), 2)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(torch.flatten(X, 1))))))


@ConvNet.mistake(
    "pooling-forgotten-in-features",
    "28 by 28 pixels are 14 by 14 after one pooling and 7 by 7 after two: that many places per map.",
)
class FeaturesBeforePooling(Right):
    def __init__(self):
        super().__init__()
        self.out = nn.Linear(16 * 28 * 28, 10)


@ConvNet.mistake("three-channels", "These pictures have one channel, not three: the first layer is nn.Conv2d(1, …).")
class ForColours(Right):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(3, 8, 3, padding=1)


@ConvNet.mistake(
    "softmax-at-end", "Your network ends in a softmax, and cross_entropy contains one too. Return the scores."
)
class EndsInSoftmax(Right):
    def last(self, X):
        return X.softmax(dim=1)


@ConvNet.mistake("log-softmax-at-end", "Your network ends in a log-softmax. Return the scores; the loss does the rest.")
class EndsInLogSoftmax(Right):
    def last(self, X):
        return X.log_softmax(dim=1)


@ConvNet.mistake(
    "softmax-across-batch",
    "Your network ends in a softmax, and that along the batch. Return the scores as they are.",
)
class SoftmaxAcross(Right):
    def last(self, X):
        return X.softmax(dim=0)


@ConvNet.mistake("relu-on-scores", "The last layer gives raw scores, negative ones too: no ReLU after it.")
class EndsInRelu(Right):
    def last(self, X):
        return X.relu()


@ConvNet.mistake("sigmoid-at-end", "The scores are squeezed into 0 to 1: leave the sigmoid at the end out.")
class EndsInSigmoid(Right):
    def last(self, X):
        return X.sigmoid()


@ConvNet.mistake(
    "tanh-at-end", "The scores are squeezed into −1 to 1: leave the tanh at the end out.", needs_held_out=False
)
class EndsInTanh(Right):
    def last(self, X):
        return X.tanh()


@ConvNet.mistake(
    "no-activation", "Nothing bends between your convolutions, so together they are one. Put nn.ReLU() in between."
)
class Unbent(Right):
    def bend(self, X):
        return X


@ConvNet.mistake(
    "batch-size-fixed", "The number of pictures is written into your network. Flatten from axis 1: x.flatten(1)."
)
class SixtyFour(Right):
    def flat(self, X):
        return X.reshape(64, -1)


@ConvNet.mistake(
    "squeezed", "squeeze() also removes the batch's axis when there is one picture. Return (n, 10) for any n."
)
class Squeezed(Right):
    def last(self, X):
        return X.squeeze()


@ConvNet.mistake(
    "plain-list", "PyTorch sees no layers in a plain list: use nn.Sequential or nn.ModuleList, and assign it to self."
)
class PlainList(Right):
    def __init__(self):
        super().__init__()
        self.layers = [self.one, self.two, self.out]
        del self.one, self.two, self.out

    def forward(self, X):
        one, two, out = self.layers
        return out(F.max_pool2d(two(F.max_pool2d(one(X).relu(), 2)).relu(), 2).flatten(1))


@ConvNet.mistake(
    "convolutions-in-a-list",
    "PyTorch sees your dense layer, but no convolutions: keep them in an nn.Sequential or nn.ModuleList, not in a list.",
)
class HalfPlainList(Right):
    def __init__(self):
        super().__init__()
        self.layers = [self.one, self.two]
        del self.one, self.two

    def forward(self, X):
        for layer in self.layers:
            X = F.max_pool2d(layer(X).relu(), 2)
        return self.out(X.flatten(1))


@ConvNet.mistake("super-missing", "nn.Module must be set up before it can hold layers: call super().__init__() first.")
class WithoutSuper(nn.Module):
    def __init__(self):
        self.one = nn.Conv2d(1, 8, 3, padding=1)


@ConvNet.mistake("forward-without-return", "forward computes the scores but doesn't return them.")
class NoReturn(Right):
    def forward(self, X):
        super().forward(X)


@ConvNet.mistake(
    "too-many-parameters", "More than 210 000 parameters: pool before the dense layer, or take fewer filters."
)
class TooLarge(Right):
    def __init__(self):
        super().__init__()
        self.out = nn.Sequential(nn.Linear(16 * 49, 300), nn.ReLU(), nn.Linear(300, 10))


@ConvNet.mistake(
    "one-convolution", "There is one convolution. At least two are asked for, with an activation between them."
)
class OneConvolution(Right):
    def __init__(self):
        super().__init__()
        del self.two
        self.out = nn.Linear(8 * 49, 10)

    def maps(self, X):
        return F.max_pool2d(self.one(X).relu(), 4)


@ConvNet.mistake(
    "dropout-always",
    "Two calls differ in evaluation mode, too: use nn.Dropout, or F.dropout(…, training=self.training).",
)
class DropsAlways(Right):
    def flat(self, X):
        return F.dropout(X.flatten(1), 0.5)


@ConvNet.mistake(
    "batch-coupled",
    "In evaluation mode a picture's scores depend on the others. Normalise with nn.BatchNorm2d as it comes, which then "
    "uses running statistics.",
)
class DependsOnOthers(Right):
    def flat(self, X):
        return (X - X.mean(dim=0)).flatten(1)


@ConvNet.mistake("layer-unused", "A layer that you made is never used in forward, so it gets no gradient.")
class UnusedLayer(Right):
    def __init__(self):
        super().__init__()
        self.three = nn.Conv2d(16, 16, 3, padding=1)


@ConvNet.mistake("gradient-cut", "No gradients reach your convolutions: forward must not detach, nor run in no_grad.")
class Detached(Right):
    def flat(self, X):
        return X.detach().flatten(1)


@ConvNet.mistake("frozen", "Your parameters can't be trained: leave requires_grad as it is.")
class Frozen(Right):
    def __init__(self):
        super().__init__()
        self.requires_grad_(False)


@ConvNet.mistake("classes-missing", "The dense layer at the end is missing: ten scores per picture.")
class FeaturesOnly(Right):
    def forward(self, X):
        return self.flat(self.maps(X))


@ConvNet.mistake("labels-returned", "These are labels. Return the ten scores of each picture.")
class NamesTheClass(Right):
    def last(self, X):
        return X.argmax(dim=1)


ConvNet.variant(Right)


@ConvNet.variant
class PooledOverAllPlaces(nn.Module):
    """Strides in place of pooling, no bias before batch norm, and at the end the mean over all places."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 24, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(24), nn.GELU(),
            nn.Conv2d(24, 48, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(48), nn.GELU(),
            nn.Dropout2d(0.1), nn.Conv2d(48, 10, 1), nn.AdaptiveAvgPool2d(1),
        )  # fmt: skip

    def forward(self, X):
        return self.body(X)[:, :, 0, 0]


@ConvNet.variant
class WithTwoDenseLayers(nn.Module):
    """Tanh, pooling by functions, dropout, batch norm of a dense layer, and view."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 10, kernel_size=5), nn.Conv2d(10, 20, kernel_size=5)
        self.fc1, self.norm, self.fc2 = nn.Linear(320, 50), nn.BatchNorm1d(50), nn.Linear(50, 10)

    def forward(self, X):
        X = torch.tanh(F.max_pool2d(self.conv1(X), 2))
        X = torch.tanh(F.max_pool2d(self.conv2(X), 2))
        X = F.dropout(self.norm(self.fc1(X.view(-1, 320))), 0.3, training=self.training)
        return self.fc2(X)


@ConvNet.variant
class WithAShortcut(nn.Module):
    """A convolution beside which its input passes on unchanged, LeakyReLU, and layers in a ModuleList."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 12, 4, stride=2)
        self.more = nn.ModuleList(nn.Conv2d(12, 12, 3, padding="same") for _ in range(2))
        self.pool, self.out = nn.MaxPool2d(2), nn.LazyLinear(10)
        self(torch.zeros(1, 1, 28, 28))

    def forward(self, X):
        X = self.pool(F.leaky_relu(self.first(X)))
        for layer in self.more:
            X = X + F.leaky_relu(layer(X))
        return self.out(X.reshape(len(X), -1))


@ConvNet.variant
def by_a_function():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ELU(), nn.AvgPool2d(2),
        nn.Flatten(), nn.LayerNorm(800), nn.Linear(800, 64), nn.PReLU(), nn.Linear(64, 10),
    )  # fmt: skip


ConvNet.equivalent(
    "L6 swapped arguments nn.BatchNorm2d(16), nn.ReLU()→nn.ReLU(), nn.BatchNorm2d(16)",
    "Another network, which the docstring allows as well.",
)
ConvNet.equivalent(
    "L6 swapped arguments nn.ReLU(), nn.MaxPool2d(2)→nn.MaxPool2d(2), nn.ReLU()",
    "Another network, which the docstring allows as well.",
)
ConvNet.equivalent(
    "L6 swapped arguments nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1)→nn.Conv2d(16, 32, 3, padding=1), nn.MaxPool2d(2)",
    "Another network, which the docstring allows as well.",
)
ConvNet.equivalent("L6 constant 3→2", "Another network, which the docstring allows as well.")
ConvNet.equivalent("L6 constant 1→2 #2", "Another network, which the docstring allows as well.")
ConvNet.equivalent(
    "L7 swapped arguments nn.BatchNorm2d(32), nn.ReLU()→nn.ReLU(), nn.BatchNorm2d(32)",
    "Another network, which the docstring allows as well.",
)
ConvNet.equivalent(
    "L7 swapped arguments nn.ReLU(), nn.MaxPool2d(2)→nn.MaxPool2d(2), nn.ReLU()",
    "Another network, which the docstring allows as well.",
)
ConvNet.equivalent(
    "L7 swapped arguments nn.MaxPool2d(2), nn.Conv2d(32, 64, 3, padding=1)→nn.Conv2d(32, 64, 3, padding=1), nn.MaxPool2d(2)",
    "Another network, which the docstring allows as well.",
)
ConvNet.equivalent("L7 constant 3→2", "Another network, which the docstring allows as well.")
ConvNet.equivalent(
    "L8 swapped arguments nn.BatchNorm2d(64), nn.ReLU()→nn.ReLU(), nn.BatchNorm2d(64)",
    "Another network, which the docstring allows as well.",
)
