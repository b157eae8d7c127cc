"""What stays with the author of lesson 09: held-out cases, known mistakes with their diagnosis, other right answers."""

import copy

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from autograder import exercise, inputs, labels_right, with_inputs
from course.data import digits

# --- conv_parameters ----------------------------------------------------------------------------------------------

conv_parameters = exercise("conv_parameters")


@conv_parameters.held_out
def a_large_layer(conv_parameters):
    return conv_parameters(256, 512, 7)


@conv_parameters.held_out
def equal_numbers(conv_parameters):
    return [conv_parameters(n, n, n) for n in (1, 2, 3)]


@conv_parameters.mistake("bias-per-pair", "One bias per filter, however many channels it reads: add 1 after c_in · k².")
def bias_per_pair(c_in, c_out, k):
    return c_in * c_out * (k**2 + 1)


@conv_parameters.mistake("bias-on-wrong-side", "Each filter has a bias, not each channel: c_out biases.")
def bias_per_channel(c_in, c_out, k):
    return c_in * (c_out * k**2 + 1)


@conv_parameters.mistake("bias-forgotten", "The biases are missing: one more per filter.")
def without_bias(c_in, c_out, k):
    return c_in * c_out * k**2


@conv_parameters.mistake("one-bias", "You count a single bias. Each of the c_out filters has its own.")
def a_single_bias(c_in, c_out, k):
    return c_in * c_out * k**2 + 1


@conv_parameters.mistake("channels-forgotten", "A filter has a slice of k · k weights for each channel: times c_in.")
def one_slice(c_in, c_out, k):
    return c_out * (k**2 + 1)


@conv_parameters.mistake("filters-forgotten", "That is one filter. There are c_out of them.")
def one_filter(c_in, c_out, k):
    return c_in * k**2 + 1


@conv_parameters.mistake("kernel-not-squared", "A kernel has k rows of k weights: k · k.")
def one_row(c_in, c_out, k):
    return c_out * (c_in * k + 1)


@conv_parameters.mistake("doubled-for-squared", "You take two times k. A kernel has k · k weights.")
def twice_the_side(c_in, c_out, k):
    return c_out * (c_in * 2 * k + 1)


@conv_parameters.mistake(
    "float-returned", "The number is right, but a float. Count in whole numbers, without / or 2.0."
)
def with_decimals(c_in, c_out, k):
    return c_out * (c_in * k**2.0 + 1)


@conv_parameters.mistake("return-missing", "The number is worked out, but not returned.")
def nothing_returned(c_in, c_out, k):
    _ = c_out * (c_in * k * k + 1)


@conv_parameters.mistake("parts-returned", "These are weights and biases apart. Return one number, their sum.")
def in_two_parts(c_in, c_out, k):
    return c_out * c_in * k * k, c_out


@conv_parameters.variant
def by_asking_pytorch(c_in, c_out, k):
    return sum(parameter.numel() for parameter in nn.Conv2d(c_in, c_out, k).parameters())


@conv_parameters.variant
def with_numpy(c_in, c_out, k):
    return np.prod([c_out, c_in, k, k]) + c_out


# --- ConvNet ------------------------------------------------------------------------------------------------------

ConvNet = exercise("ConvNet")


@ConvNet.held_out
def many_pictures(ConvNet):
    X = torch.tensor(inputs("many", (17, 1, 28, 28), 0, 1), dtype=torch.float32)
    return tuple(ConvNet()(X).shape)


@ConvNet.held_out
def its_weights_fit_into_another_one(ConvNet):
    first, second = ConvNet().eval(), ConvNet().eval()
    second.load_state_dict(first.state_dict())
    X = torch.tensor(inputs("fit", (3, 1, 28, 28), 0, 1), dtype=torch.float32)
    return bool(torch.allclose(first(X), second(X), rtol=1e-4, atol=1e-5))


@ConvNet.held_out
def one_picture_after_a_step_of_training(ConvNet):
    model = ConvNet().train()
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
    X = torch.tensor(inputs("step", (5, 1, 28, 28), 0, 1), dtype=torch.float32)
    F.cross_entropy(model(X), torch.tensor([0, 9, 3, 3, 5])).backward()
    optimiser.step()
    scores = model.eval()(X[:1])
    return [tuple(scores.shape), bool(torch.isfinite(scores).all())]


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


# --- receptive_field ----------------------------------------------------------------------------------------------

receptive_field = exercise("receptive_field")


@receptive_field.held_out
def a_deep_network(receptive_field):
    return receptive_field([(7, 2), (3, 2), *[(3, 1)] * 4, (3, 2), *[(3, 1)] * 7])


@receptive_field.held_out
def layers_as_lists(receptive_field):
    return receptive_field([[4, 3], [2, 1], [5, 2], [3, 3], [2, 2]])


@receptive_field.mistake(
    "own-stride-counted", "A layer's own stride widens the next layers, not itself: first add to r, then multiply j."
)
def jump_first(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        jump *= stride
        field += (kernel - 1) * jump
    return field


@receptive_field.mistake(
    "last-stride-only",
    "You use the stride of the layer before only. Steps multiply: j is the product of all strides so far.",
)
def the_stride_before(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump = stride
    return field


@receptive_field.mistake(
    "own-stride-only", "You use each layer's own stride. What counts is the product of those before it."
)
def own_stride(layers):
    return 1 + sum((kernel - 1) * stride for kernel, stride in layers)


@receptive_field.mistake("strides-ignored", "You ignore the strides: after each of them neighbours are further apart.")
def without_strides(layers):
    return 1 + sum(kernel - 1 for kernel, _ in layers)


@receptive_field.mistake(
    "kernels-summed", "You add up the kernels. A window reaches k − 1 neighbours further, j pixels each."
)
def sum_of_kernels(layers):
    return sum(kernel for kernel, _ in layers)


@receptive_field.mistake("kernels-multiplied", "You multiply the kernels. r grows by (k − 1) · j with each layer.")
def product_of_kernels(layers):
    field = 1
    for kernel, _ in layers:
        field *= kernel
    return field


@receptive_field.mistake("pooling-skipped", "Pooling is a window with a stride, too: it counts like any other layer.")
def convolutions_only(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        if kernel != stride:
            field += (kernel - 1) * jump
            jump *= stride
    return field


@receptive_field.mistake(
    "pooling-without-window", "Pooling makes the jump larger, but also has a window: r grows by (k − 1) · j there, too."
)
def only_the_jump_of_pooling(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump * (kernel != stride)
        jump *= stride
    return field


@receptive_field.mistake("starts-at-0", "A pixel knows itself: r is 1 before the first layer.")
def from_zero(layers):
    field, jump = 0, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride
    return field


@receptive_field.mistake("whole-kernel-added", "r grows by k − 1 neighbours, not by k: the first one is there already.")
def k_more(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += kernel * jump
        jump *= stride
    return field


@receptive_field.mistake("strides-added", "Jumps multiply: two strides of 3 and 2 make neighbours 6 pixels apart.")
def sum_of_strides(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump += stride - 1
    return field


@receptive_field.mistake(
    "layers-in-reverse", "r → (r − 1) · s + k goes from the last layer back to the first: reverse the list."
)
def forwards(layers):
    field = 1
    for kernel, stride in layers:
        field = (field - 1) * stride + kernel
    return field


@receptive_field.mistake(
    "return-inside-loop", "You return inside the loop, after the first layer. `return` belongs below it."
)
def after_the_first(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride
        return field
    return field


@receptive_field.mistake("jump-returned", "That is the jump. Return the receptive field.")
def the_jump(layers):
    return int(np.prod([stride for _, stride in layers]))


@receptive_field.mistake("both-returned", "You return field and jump. Only the field is asked for.")
def field_and_jump(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride
    return field, jump


@receptive_field.mistake("return-missing", "The field is worked out, but not returned.")
def no_return(layers):
    field, jump = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * jump
        jump *= stride


@receptive_field.mistake("list-changed", "You took layers out of the caller's list (`pop` does). Loop over it instead.")
def takes_layers_out(layers):
    field = 1
    while layers:
        kernel, stride = layers.pop()
        field = (field - 1) * stride + kernel
    return field


@receptive_field.mistake(
    "empty-list", "An empty list has no first layer. Start with field and jump 1, before any layer."
)
def from_the_first_layer(layers):
    field, jump = layers[0]
    for kernel, stride in layers[1:]:
        field += (kernel - 1) * jump
        jump *= stride
    return field


@receptive_field.variant
def backwards(layers):
    field = 1
    for kernel, stride in reversed(layers):
        field = stride * (field - 1) + kernel
    return field


@receptive_field.variant
def as_a_sum(layers):
    strides = [1] + [stride for _, stride in layers]
    return 1 + sum((kernel - 1) * int(np.prod(strides[: i + 1])) for i, (kernel, _) in enumerate(layers))


@receptive_field.variant
def layer_by_layer(layers):
    if not layers:
        return 1
    (kernel, stride), *others = layers
    return (layer_by_layer(others) - 1) * stride + kernel


receptive_field.equivalent("L2 swapped elements field, jump→jump, field", "Both start at 1.")


# --- augment ------------------------------------------------------------------------------------------------------

augment = exercise("augment")


def tiles(n, c, h, w):
    """Pictures (n, c, h, w) of whole numbers, all unlike, none of them 0."""
    return np.arange(1, n * c * h * w + 1).reshape(n, c, h, w)


def how_it_came(result, picture, most):
    """All (down, right, mirrored) by which `picture` (c, h, w) could have become `result`, found pixel by pixel."""
    h, w = picture.shape[1:]
    found = []
    for mirrored in (False, True):
        for down in range(-most, most + 1):
            for right in range(-most, most + 1):
                expected = np.zeros_like(picture)
                for y in range(max(0, down), min(h, h + down)):
                    for x in range(max(0, right), min(w, w + right)):
                        from_x = w - 1 - (x - right) if mirrored else x - right
                        expected[:, y, x] = picture[:, y - down, from_x]
                if np.array_equal(expected, result):
                    found.append((down, right, mirrored))
    return found


@augment.held_out
def large_shifts_of_small_pictures(augment):
    images = tiles(12, 3, 4, 5)
    results = augment(images.copy(), np.random.default_rng(11), 3, False)
    ways = [how_it_came(result, image, 3) for result, image in zip(results, images, strict=True)]
    return {"each by one way": all(len(way) == 1 for way in ways), "type": str(results.dtype)}


@augment.held_out
def mirrored_pictures_of_three_channels(augment):
    images = tiles(12, 3, 5, 4).astype(np.float32)
    results = augment(images.copy(), np.random.default_rng(12), 1, True)
    ways = [how_it_came(result, image, 1) for result, image in zip(results, images, strict=True)]
    return {"each by one way": all(len(way) == 1 for way in ways), "type": str(results.dtype)}


@augment.held_out
def a_single_picture_without_shift(augment):
    image = tiles(1, 1, 2, 3)
    seen = {augment(image.copy(), np.random.default_rng(seed), 0, True).tobytes() for seed in range(40)}
    return {"two results": len(seen), "as it was": image.tobytes() in seen}


@augment.held_out
def rng_goes_on(augment):
    rng = np.random.default_rng(13)
    images = np.ones((4, 1, 6, 6))
    return len({augment(images, rng, 2, False).tobytes() for _ in range(6)}) > 1


def put(picture, down, right):
    """A picture (c, h, w) moved, zeros in the gaps, for the mistakes below."""
    h, w = picture.shape[1:]
    framed = np.pad(picture, ((0, 0), (h, h), (w, w)))
    return framed[:, h - down : 2 * h - down, w - right : 2 * w - right]


def augmented(images, rng, m, flip, shift=None, move=put, mirror=None):
    """The right way, whose steps the mistakes below change one at a time."""
    shift = shift or (lambda: rng.integers(-m, m + 1, 2))
    mirror = mirror or (lambda picture: picture[:, :, ::-1] if flip and rng.random() < 0.5 else picture)
    results = np.zeros_like(images)
    for i, image in enumerate(images):
        down, right = shift()
        results[i] = move(mirror(image), int(down), int(right))
    return results


@augment.mistake("same-shift-for-all", "One shift is drawn for the whole batch. Draw one for each picture.")
def one_shift(images, rng, max_shift, flip):
    down, right = rng.integers(-max_shift, max_shift + 1, 2)
    return augmented(images, rng, max_shift, flip, shift=lambda: (down, right))


@augment.mistake(
    "wraps-around", "np.roll brings pixels back on the other side: what is pushed out is lost, and the gap is 0."
)
def rolled(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, move=lambda p, down, right: np.roll(p, (down, right), (1, 2)))


@augment.mistake("edge-repeated", "You fill the gaps with the pixels at the edge. They must be 0.")
def edges_spread(images, rng, max_shift, flip):
    def move(picture, down, right):
        h, w, m = *picture.shape[1:], max_shift
        framed = np.pad(picture, ((0, 0), (m, m), (m, m)), mode="edge")
        return framed[:, m - down : m - down + h, m - right : m - right + w]

    return augmented(images, rng, max_shift, flip, move=move)


@augment.mistake("one-direction", "Pictures move down and to the right only: draw from −max_shift on.")
def only_forwards(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, shift=lambda: rng.integers(0, max_shift + 1, 2))


@augment.mistake("top-exclusive", "integers(low, high) leaves high out: integers(-max_shift, max_shift + 1).")
def never_the_largest(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, shift=lambda: rng.integers(-max_shift, max(max_shift, 1), 2))


@augment.mistake(
    "rounded-shift", "Rounding makes the two largest shifts half as likely. Draw whole numbers: rng.integers."
)
def rounded(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, shift=lambda: np.rint(rng.uniform(-max_shift, max_shift, 2)))


@augment.mistake("same-both-ways", "Pictures move as far down as to the right. Draw two shifts for each of them.")
def along_the_diagonal(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, shift=lambda: [rng.integers(-max_shift, max_shift + 1)] * 2)


@augment.mistake("sideways-only", "Pictures move sideways only. They move up and down, too: draw two shifts each.")
def across_only(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, shift=lambda: (0, rng.integers(-max_shift, max_shift + 1)))


@augment.mistake(
    "channels-apart", "Each channel has moved by itself. A picture moves as a whole, with all its channels."
)
def channel_by_channel(images, rng, max_shift, flip):
    def move(picture, down, right):
        steps = [rng.integers(-max_shift, max_shift + 1, 2) for _ in picture]
        return np.concatenate([put(one[None], *step) for one, step in zip(picture, steps, strict=True)])

    return augmented(images, rng, max_shift, flip, move=move)


@augment.mistake("axes-of-the-batch", "You move along the channels and the rows. Height and width are axes 2 and 3.")
def wrong_axes(images, rng, max_shift, flip):
    def move(picture, down, right):
        return np.moveaxis(put(np.moveaxis(picture, 2, 0), down, right), 0, 2)

    return augmented(images, rng, max_shift, flip, move=move)


@augment.mistake(
    "flips-upside-down", "Pictures stand on their head. Left to right means axis 3: images[i, :, :, ::-1]."
)
def upside_down(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, mirror=lambda p: p[:, ::-1] if flip and rng.random() < 0.5 else p)


@augment.mistake(
    "channels-mirrored", "You reverse the order of the channels. Left to right means the last axis: [:, :, ::-1]."
)
def channels_turned(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, mirror=lambda p: p[::-1] if flip and rng.random() < 0.5 else p)


@augment.mistake(
    "all-flipped-or-none", "One draw decides for the whole batch. Draw for each picture whether to mirror it."
)
def all_or_none(images, rng, max_shift, flip):
    yes = flip and rng.random() < 0.5
    return augmented(images, rng, max_shift, flip, mirror=lambda p: p[:, :, ::-1] if yes else p)


@augment.mistake("always-flips", "With flip every picture is mirrored. Draw for each: with probability one half.")
def all_mirrored(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, mirror=lambda p: p[:, :, ::-1] if flip else p)


@augment.mistake("never-flips", "With flip=True no picture is mirrored: mirror each with probability one half.")
def none_mirrored(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, mirror=lambda p: p)


@augment.mistake("flip-ignored", "You mirror although flip is False. A mirrored 2 is no 2: only if flip says so.")
def mirrors_anyway(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, mirror=lambda p: p[:, :, ::-1] if rng.random() < 0.5 else p)


@augment.mistake(
    "mirrored-not-moved", "A mirrored picture isn't moved any more. Each picture is moved, mirrored or not."
)
def either_or(images, rng, max_shift, flip):
    results = augmented(images, rng, max_shift, False)
    for i in range(len(images)):
        if flip and rng.random() < 0.5:
            results[i] = images[i, :, :, ::-1]
    return results


@augment.mistake("original-mirrored", "With flip nothing is moved: mirror the picture that you have moved.")
def moved_in_vain(images, rng, max_shift, flip):
    if not flip:
        return augmented(images, rng, max_shift, False)
    return augmented(images, rng, max_shift, True, move=lambda picture, down, right: picture)


@augment.mistake("input-changed", "You write into the array that was handed in. Put the results into a new one.")
def in_place(images, rng, max_shift, flip):
    images[...] = augmented(images, rng, max_shift, flip)
    return images


@augment.mistake("dtype-changed", "The type has changed: np.zeros makes float64. Take np.zeros_like(images).")
def as_float64(images, rng, max_shift, flip):
    return augmented(images.astype(float), rng, max_shift, flip)


@augment.mistake("frame-left", "The frame is still around the pictures: cut a window of their own size, h by w.")
def with_the_frame(images, rng, max_shift, flip):
    m = max_shift
    return augmented(np.pad(images, ((0, 0), (0, 0), (m, m), (m, m))), rng, m, flip)


@augment.mistake("rng-ignored", "You draw from NumPy's own generator. Draw from rng, which was handed in.")
def from_numpys(images, rng, max_shift, flip):
    return augmented(images, np.random.default_rng(np.random.randint(10**6)), max_shift, flip)


@augment.mistake("own-generator", "You make a generator of your own, so each call draws the same. Use rng.")
def its_own_generator(images, rng, max_shift, flip):
    return augmented(images, np.random.default_rng(0), max_shift, flip)


@augment.mistake("return-inside-loop", "You return inside the loop: all pictures but the first stay 0.")
def after_the_first_picture(images, rng, max_shift, flip):
    results = np.zeros_like(images)
    results[:1] = augmented(images[:1], rng, max_shift, flip)
    return results


@augment.mistake("return-missing", "The pictures are moved, but not returned.")
def nothing_comes_back(images, rng, max_shift, flip):
    augmented(images, rng, max_shift, flip)


@augment.mistake("nothing-moves", "The pictures come back as they were: copy the window that is moved by the shift.")
def unmoved(images, rng, max_shift, flip):
    return augmented(images, rng, max_shift, flip, shift=lambda: (0, 0))


@augment.variant
def by_slices(images, rng, max_shift, flip):
    results = np.zeros(images.shape, dtype=images.dtype)
    h, w = images.shape[2:]
    for i in range(len(images)):
        dy = int(rng.integers(-max_shift, max_shift, endpoint=True))
        dx = int(rng.choice(np.arange(-max_shift, max_shift + 1)))
        to_y, to_x = slice(max(dy, 0), min(h, h + dy)), slice(max(dx, 0), min(w, w + dx))
        from_y, from_x = slice(max(-dy, 0), min(h, h - dy)), slice(max(-dx, 0), min(w, w - dx))
        results[i, :, to_y, to_x] = images[i, :, from_y, from_x]
        if flip and rng.integers(2) == 1:
            results[i] = results[i, :, :, ::-1].copy()
    return results


@augment.variant
def by_indices(images, rng, max_shift, flip):
    n, _, h, w = images.shape
    m = max_shift
    mirrored = rng.random(n) >= 0.5 if flip else np.zeros(n, dtype=bool)
    images = np.where(mirrored[:, None, None, None], np.flip(images, axis=3), images)
    framed = np.pad(images, ((0, 0), (0, 0), (m, m), (m, m)))
    top, left = rng.integers(0, 2 * m + 1, n), rng.integers(0, 2 * m + 1, n)
    y = top[:, None, None] + np.arange(h)[:, None]
    x = left[:, None, None] + np.arange(w)
    return framed[np.arange(n)[:, None, None], :, y, x].transpose(0, 3, 1, 2)


@augment.variant
def rolled_and_wiped(images, rng, max_shift, flip):
    results = images.copy()
    for picture in results:
        down, right = (int(np.floor(rng.random() * (2 * max_shift + 1))) - max_shift for _ in range(2))
        picture[...] = np.roll(picture, (down, right), axis=(1, 2))
        picture[:, :down] = 0 if down > 0 else picture[:, :down]
        picture[:, :, :right] = 0 if right > 0 else picture[:, :, :right]
        if down < 0:
            picture[:, down:] = 0
        if right < 0:
            picture[:, :, right:] = 0
        if flip and rng.uniform() < 0.5:
            picture[...] = np.fliplr(picture.transpose(1, 2, 0)).transpose(2, 0, 1)
    return results


augment.equivalent("L3 sibling function np.zeros_like→np.ones_like", "Every picture in it is overwritten.")
augment.equivalent("L4 swapped elements down, right→right, down", "Both shifts are drawn in the same way.")
augment.equivalent("L8 swapped elements top, left→left, top", "Both shifts are drawn in the same way.")
augment.equivalent(
    "L8 swapped elements max_shift - down, max_shift - right→max_shift - right, max_shift - down",
    "Both shifts are drawn in the same way.",
)
augment.equivalent(
    "L8 arithmetic operator max_shift - down→max_shift + down", "A shift and its negative are equally likely."
)
augment.equivalent(
    "L8 arithmetic operator max_shift - right→max_shift + right", "A shift and its negative are equally likely."
)
augment.equivalent("L5 comparison rng.random() < 0.5→rng.random() <= 0.5", "One half of the draws either way.")
augment.equivalent("L5 comparison rng.random() < 0.5→rng.random() >= 0.5", "One half of the draws either way.")
augment.equivalent("L6 constant 2→3", "A larger frame: no window reaches what was added.")
augment.equivalent("L6 constant 2→3 #2", "A larger frame: no window reaches what was added.")


# --- train_cnn ----------------------------------------------------------------------------------------------------

train_cnn = exercise("train_cnn")


def zeros_and_ones():
    """scikit-learn's handwritten 0s and 1s in a frame, (n, 1, 12, 12), and labels: to learn from, and others."""
    data = digits()
    rows = np.flatnonzero(data.y < 2)
    images = np.pad(data.X[rows].reshape(-1, 1, 8, 8) / 16, ((0, 0), (0, 0), (2, 2), (2, 2))).astype(np.float32)
    return (images[:257], data.y[rows][:257]), (images[257:], data.y[rows][257:])


def digit_network():
    """A small network for 0s and 1s, with weights from outside."""
    model = nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1), nn.BatchNorm2d(6, momentum=0.3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()
    )
    model.append(nn.Linear(216, 2))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            shape = tuple(parameter.shape)
            size = 1 / np.sqrt(max(1, np.prod(shape[1:])))
            parameter.copy_(torch.tensor(inputs(f"digits {name} {shape}", shape, -size, size)))
        model[1].weight.fill_(1.0)
    return model


@train_cnn.held_out(judge=labels_right(zeros_and_ones()[1][1], at_least=0.9, what="held-out accuracy"))
def it_learns_to_read_digits(train_cnn):
    (X, y), (X_unseen, y_unseen) = zeros_and_ones()
    model = digit_network()
    train_cnn(model, X, y, range(8), np.random.default_rng(20))
    with torch.no_grad():
        answers = model.eval()(torch.tensor(X_unseen)).argmax(dim=1).numpy()
    if (answers == y_unseen).mean() < 0.9:
        return {"problem": "After the training fewer than nine in ten unseen digits are read correctly."}
    return answers


@train_cnn.held_out
def batch_norm_learns_its_mean_in_training(train_cnn):
    model = nn.Sequential(nn.BatchNorm2d(1), nn.Flatten(), nn.Linear(20, 2)).eval()
    images = inputs("bright", (129, 1, 4, 5), 0.7, 0.9).astype(np.float32)
    train_cnn(model, images, np.arange(129) % 2, range(3), np.random.default_rng(21))
    return {"running mean has moved": bool(model[0].running_mean > 0.01), "left in training": model.training}


@train_cnn.held_out(part="the losses")
def a_single_epoch(train_cnn):
    images = inputs("single", (300, 1, 6, 4), 0, 1).astype(np.float32)
    model = nn.Sequential(nn.Flatten(), nn.Linear(24, 5))
    losses = train_cnn(model, images, np.arange(300) % 5, range(1), np.random.default_rng(22))
    return [len(losses), bool(np.isfinite(losses).all())]


def shifted(images, rng, most=1, mirror=False):
    """Pictures moved by up to a pixel or so, for the trainings below."""
    return by_indices(images, rng, most, mirror)


def adam(parameters):
    """The optimiser of the trainings below."""
    return torch.optim.Adam(parameters, lr=0.003)


def trained(
    model, images, labels, epochs, rng,
    size=64, make=adam, order=None, rows_of_labels=None, prepare=shifted, begin=nn.Module.train, end=nn.Module.eval,
    zero=True, step=True, mean=None,
):  # fmt: skip
    """The right way, whose steps the mistakes below change one at a time."""
    optimiser, losses = make(model.parameters()), []
    labels = torch.tensor(labels, dtype=torch.int64)
    order = order or (lambda: rng.permutation(len(images)))
    begin(model)
    for _ in epochs:
        found, rows_left = [], order()
        for start in range(0, len(rows_left), size):
            rows = rows_left[start : start + size]
            theirs = rows_of_labels(start, len(rows)) if rows_of_labels else rows
            loss = F.cross_entropy(model(torch.tensor(prepare(images[rows], rng))), labels[theirs])
            if zero:
                optimiser.zero_grad()
            loss.backward()
            if step:
                optimiser.step()
            found.append((loss.item(), len(rows)))
        losses.append(mean(found) if mean else sum(loss * n for loss, n in found) / len(images))
    end(model)
    return losses


@train_cnn.mistake(
    "labels-in-another-order",
    "Pictures are shuffled, labels aren't: take labels[rows], the same rows as of the pictures.",
)
def labels_as_they_came(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, rows_of_labels=lambda start, n: np.arange(start, start + n))


@train_cnn.mistake(
    "zero-grad-missing", "Gradients of all steps add up: call optimiser.zero_grad() before each backward()."
)
def adds_gradients_up(model, images, labels, epochs, rng):
    def make(parameters):
        return torch.optim.SGD(parameters, lr=0.1, momentum=0.9)

    return trained(model, images, labels, epochs, rng, make=make, zero=False)


@train_cnn.mistake("step-missing", "The weights never change: call optimiser.step() after backward().")
def never_steps(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, step=False)


@train_cnn.mistake("last-layer-only", "Only some of the layers learn: hand all of model.parameters() to the optimiser.")
def only_the_last_layer(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, make=lambda parameters: adam(list(parameters)[-2:]))


@train_cnn.mistake("left-in-training", "The model is left in training mode. End with model.eval().")
def without_eval(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, end=lambda model: None)


@train_cnn.mistake("trained-in-evaluation", "The model learns in evaluation mode. Begin with model.train().")
def without_train(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, begin=lambda model: None)


@train_cnn.mistake(
    "modes-forgotten", "Both modes are missing: model.train() before the first epoch, model.eval() after the last one."
)
def mode_as_it_comes(model, images, labels, epochs, rng):
    return trained(
        model.train(model.training), images, labels, epochs, rng, begin=lambda m: m.eval(), end=lambda m: m.train()
    )


@train_cnn.mistake("copy-trained", "You train a copy. The model that was handed in must itself learn.")
def a_copy(model, images, labels, epochs, rng):
    return trained(copy.deepcopy(model), images, labels, epochs, rng)


@train_cnn.mistake("own-generator", "You make a generator of your own. Draw all that is random from rng.")
def its_own_rng(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, np.random.default_rng(0))


@train_cnn.mistake(
    "order-from-torch", "The order is drawn by PyTorch's own generator: take rng.permutation(len(images))."
)
def order_by_torch(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, order=lambda: torch.randperm(len(images)).numpy())


@train_cnn.mistake("loader-without-rng", "The DataLoader shuffles by PyTorch's own generator, not by rng.")
def by_a_loader_of_its_own(model, images, labels, epochs, rng):
    return trained(
        model, images, labels, epochs, rng, order=lambda: torch.randperm(len(images)).numpy(), prepare=lambda X, rng: X
    )


@train_cnn.mistake(
    "last-portion-dropped", "The smaller portion at the end is left out. All pictures are to be learned from."
)
def full_portions_only(model, images, labels, epochs, rng):
    def order():
        return rng.permutation(len(images))[: len(images) // min(16, len(images)) * min(16, len(images))]

    return trained(model, images, labels, epochs, rng, size=16, order=order)


@train_cnn.mistake(
    "drawn-with-replacement", "Some pictures come twice, others never: shuffle with rng.permutation, don't draw."
)
def drawn(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, order=lambda: rng.integers(0, len(images), len(images)))


@train_cnn.mistake(
    "part-kept-aside", "You keep pictures aside. Learn from all that were handed in; others are held out by the caller."
)
def a_part_only(model, images, labels, epochs, rng):
    many = max(1, len(images) * 4 // 5)
    return trained(model, images[:many], labels[:many], epochs, rng)


@train_cnn.mistake(
    "mirrored", "You mirror pictures. Where left and right matter, as in digits, that makes labels false."
)
def with_mirrors(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, prepare=lambda X, rng: shifted(X, rng, 1, True))


@train_cnn.mistake("moved-too-far", "Pictures are moved so far that little is left of them: a pixel or two is enough.")
def far_away(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, prepare=lambda X, rng: shifted(X, rng, min(X.shape[2:]) - 1))


@train_cnn.mistake(
    "pictures-changed", "You write the moved pictures into the array that was handed in. Leave it as it is."
)
def into_the_pictures(model, images, labels, epochs, rng):
    images[...] = shifted(images, rng)
    return trained(model, images, labels, epochs, rng, prepare=lambda X, rng: X)


@train_cnn.mistake(
    "labels-as-they-come", "cross_entropy wants int64: torch.tensor(labels, dtype=torch.int64), or .long()."
)
def type_as_it_comes(model, images, labels, epochs, rng):
    F.cross_entropy(torch.zeros(1, 300), torch.tensor(labels)[:1])
    return trained(model, images, labels, epochs, rng)


@train_cnn.mistake(
    "epochs-taken-for-a-number", "`epochs` isn't a number, but what to loop over: `for epoch in epochs`."
)
def epochs_as_a_number(model, images, labels, epochs, rng):
    return trained(model, images, labels, range(epochs), rng)


@train_cnn.mistake(
    "epochs-only-counted",
    "You count the epochs, but a progress bar moves only if you loop over it: `for epoch in epochs`.",
)
def by_their_number(model, images, labels, epochs, rng):
    return trained(model, images, labels, range(len(epochs)), rng)


@train_cnn.mistake(
    "portions-rounded-down",
    "The smaller portion at the end counts too: total_steps is the number of portions rounded up, times the epochs.",
)
def schedule_too_short(model, images, labels, epochs, rng):
    optimiser = torch.optim.Adam(model.parameters())
    steps = len(epochs) * (len(images) // 64)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.01, total_steps=max(steps, 1))
    model.train()
    losses = []
    for _ in epochs:
        order = rng.permutation(len(images))
        for start in range(0, len(images), 64):
            rows = order[start : start + 64]
            X = torch.tensor(augmented(images[rows], rng, 1, False))
            loss = F.cross_entropy(model(X), torch.tensor(labels[rows]).long())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        losses.append(loss.item())
    model.eval()
    return losses


@train_cnn.mistake(
    "schedule-per-epoch-only",
    "One epoch only is planned: total_steps counts the portions of all epochs, so times len(epochs).",
)
def schedule_of_one_epoch(model, images, labels, epochs, rng):
    optimiser = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.01, total_steps=-(-len(images) // 64))
    for _ in epochs:
        for _ in range(0, len(images), 64):
            optimiser.step()
            schedule.step()
    return [0.0] * len(epochs)


@train_cnn.mistake("losses-added-up", "These are sums over portions. The mean loss is that of a picture: divide.")
def sums(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng, mean=lambda found: sum(loss for loss, _ in found))


@train_cnn.mistake(
    "mean-of-means-divided-twice",
    "The losses are too small: loss.item() is a portion's mean; multiply by its size first.",
)
def divided_twice(model, images, labels, epochs, rng):
    many = len(images)
    return trained(model, images, labels, epochs, rng, mean=lambda found: sum(loss for loss, _ in found) / many)


@train_cnn.mistake("losses-of-portions", "That is a loss for each portion. One number per epoch: their mean.")
def a_loss_per_portion(model, images, labels, epochs, rng):
    found = []
    trained(model, images, labels, epochs, rng, size=16, mean=lambda each: found.extend(loss for loss, _ in each))
    return found


@train_cnn.mistake("tensors-kept", "The losses are tensors. Take the number out: loss.item().")
def as_tensors(model, images, labels, epochs, rng):
    return [torch.tensor(loss) for loss in trained(model, images, labels, epochs, rng)]


@train_cnn.mistake("one-loss", "That is one number. Return a list with a loss for each epoch.")
def the_last_loss(model, images, labels, epochs, rng):
    return trained(model, images, labels, epochs, rng)[-1]


@train_cnn.mistake("return-missing", "The model is trained, but the losses aren't returned.")
def silent(model, images, labels, epochs, rng):
    trained(model, images, labels, epochs, rng)


@train_cnn.mistake("model-returned", "You return the model. It is trained itself; return the list of losses.")
def the_model(model, images, labels, epochs, rng):
    trained(model, images, labels, epochs, rng)
    return model


@train_cnn.mistake(
    "return-inside-loop", "You return inside the loop, after the first epoch. `return` belongs below it."
)
def after_one_epoch(model, images, labels, epochs, rng):
    return trained(model, images, labels, [*epochs][:1], rng, size=257)


train_cnn.variant(trained)


@train_cnn.variant
def by_a_data_loader(model, images, labels, epochs, rng):
    chance = torch.Generator().manual_seed(int(rng.integers(2**31)))
    data = TensorDataset(torch.from_numpy(images), torch.as_tensor(labels).long())
    loader = DataLoader(data, batch_size=32, shuffle=True, generator=chance)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in epochs:
        model.train()
        total = 0.0
        for X, y in loader:
            optimiser.zero_grad(set_to_none=False)
            loss = nn.CrossEntropyLoss()(model(X), y)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(y)
        losses.append(total / len(data))
    model.train(False)
    return losses


@train_cnn.variant
def with_adamw_and_large_portions(model, images, labels, epochs, rng):
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.01)
    model.train()
    history = []
    for _epoch in epochs:
        order, losses = rng.permutation(len(labels)), []
        for rows in np.array_split(order, -(-len(order) // 128)):
            X = torch.as_tensor(by_indices(images[rows], rng, 2, False))
            log_probs = torch.log_softmax(model(X), dim=1)
            loss = F.nll_loss(log_probs, torch.from_numpy(labels[rows].astype(np.int64)))
            for parameter in model.parameters():
                parameter.grad = None
            loss.backward()
            optimiser.step()
            losses.append(loss.detach().item())
        history += [sum(losses) / len(losses)]
    model.eval()
    return history


@train_cnn.variant
def with_a_falling_rate_and_the_loss_afterwards(model, images, labels, epochs, rng):
    optimiser = torch.optim.Adam(model.parameters(), lr=0.005)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimiser, 0.9)
    X_all, y_all = torch.tensor(images), torch.tensor(np.asarray(labels, dtype=int))
    losses = []
    for _ in epochs:
        model.train()
        order = np.arange(len(images))
        rng.shuffle(order)
        for rows in torch.split(torch.from_numpy(order), 16):
            loss = F.cross_entropy(model(X_all[rows]), y_all[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        schedule.step()
        model.eval()
        with torch.no_grad():
            losses.append(F.cross_entropy(model(X_all), y_all).item())
    return losses


train_cnn.equivalent("L2 constant 64→65", "The size of the portions is free.")
train_cnn.equivalent("L2 constant 64→63", "The size of the portions is free.")
train_cnn.equivalent("L12 constant 1→2", "How much is augmented is free.")
train_cnn.equivalent("L12 constant 1→0", "How much is augmented is free.")


# --- feature_maps -------------------------------------------------------------------------------------------------

feature_maps = exercise("feature_maps")


def with_numbers(model):
    """The model in float64, its weights from outside."""
    model = model.double()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            shape = tuple(parameter.shape)
            parameter.copy_(torch.tensor(inputs(f"held out {name} {shape}", shape, -1, 1)))
    return model


def frames(name, shape):
    """Pictures as float64."""
    return torch.tensor(inputs(name, shape))


def quietly(feature_maps, *arguments):
    """What feature_maps returns; PyTorch records again afterwards, whatever it has done."""
    try:
        return feature_maps(*arguments)
    finally:
        torch.set_grad_enabled(True)


class Branches(nn.Module):
    """Two ways through the picture, which meet: no chain that could be cut."""

    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Conv2d(2, 3, 3, padding=1), nn.Sequential(nn.Conv2d(2, 3, 1), nn.ReLU(inplace=True))
        self.out = nn.Linear(3, 4)

    def forward(self, X):
        return self.out((self.left(X).relu_() * self.right(X)).mean(dim=(2, 3)))


@feature_maps.held_out
def inside_a_network_with_branches(feature_maps):
    model, x = with_numbers(Branches()), frames("branches", (2, 2, 4, 6))
    return [quietly(feature_maps, model, x, layer) for layer in (model.left, model.right[0], model.right, model.out)]


@feature_maps.held_out
def of_whole_numbers(feature_maps):
    model = with_numbers(nn.Sequential(nn.Embedding(5, 3), nn.Tanh(), nn.Flatten(), nn.Linear(6, 2)))
    return quietly(feature_maps, model, torch.tensor([[0, 4], [2, 2], [1, 3]]), model[0])


@feature_maps.held_out
def a_picture_that_requires_a_gradient(feature_maps):
    model = with_numbers(Branches())
    maps = quietly(feature_maps, model, frames("requires", (1, 2, 5, 3)).requires_grad_(), model.left)
    return {"maps": maps.detach(), "graph": maps.requires_grad}


def listened(model, x, layer, keep=lambda given, output: output.detach().clone(), stay=False, clear=False):
    """The right way, with other things kept or left, for the mistakes below."""
    heard, mode = [], model.training
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(keep(given, output)))
    model.eval()
    try:
        with torch.no_grad():
            model(x)
    finally:
        if clear:
            layer._forward_hooks.clear()
        elif not stay:
            handle.remove()
        model.train(mode)
    return heard[0]


@feature_maps.mistake(
    "hook-left", "Your hook stays in the model: keep what register_forward_hook returns, and remove() it."
)
def hook_stays(model, x, layer):
    return listened(model, x, layer, stay=True)


@feature_maps.mistake(
    "hook-left-when-it-fails", "When the model fails, your hook stays: remove it in `finally`, the mode likewise."
)
def tidies_up_only_at_the_end(model, x, layer):
    heard, mode = [], model.training
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(output.detach().clone()))
    model.eval()
    with torch.no_grad():
        model(x)
    handle.remove()
    model.train(mode)
    return heard[0]


@feature_maps.mistake(
    "mode-left-when-it-fails", "When the model fails, its mode stays changed: put it back in `finally`, too."
)
def mode_only_at_the_end(model, x, layer):
    mode = model.training
    model.eval()
    maps = listened(model, x, layer)
    model.train(mode)
    return maps


@feature_maps.mistake("all-hooks-removed", "You removed somebody else's hooks, too. Remove your own: handle.remove().")
def clears_all(model, x, layer):
    return listened(model, x, layer, clear=True)


@feature_maps.mistake(
    "overwritten-in-place", "The ReLU after the layer wrote into what you kept: store a copy, output.detach().clone()."
)
def without_a_copy(model, x, layer):
    return listened(model, x, layer, keep=lambda given, output: output.detach())


@feature_maps.mistake("input-kept", "A hook is given (layer, inputs, output): you kept what goes in. Keep the output.")
def what_goes_in(model, x, layer):
    return listened(model, x, layer, keep=lambda given, output: given[0].detach().clone())


@feature_maps.mistake("first-picture-only", "You return the maps of the first picture. Return those of all of them.")
def of_the_first(model, x, layer):
    return listened(model, x, layer)[0]


@feature_maps.mistake(
    "mode-left", "You leave the model in evaluation mode. Put back the mode you found: model.train(mode)."
)
def left_in_evaluation(model, x, layer):
    return listened(model.eval(), x, layer)


@feature_maps.mistake("always-back-to-training", "You always end in training mode. Put back the mode you found.")
def into_training(model, x, layer):
    try:
        return listened(model, x, layer)
    finally:
        model.train()


@feature_maps.mistake(
    "eval-missing",
    "The model answers in training mode: dropout drops, batch norm moves its mean. Call model.eval() first.",
)
def in_its_mode(model, x, layer):
    heard = []
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(output.detach().clone()))
    try:
        with torch.no_grad():
            model(x)
    finally:
        handle.remove()
    return heard[0]


def recorded(model, x, layer, keep):
    """As above, but PyTorch records."""
    heard, mode = [], model.training
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(keep(output)))
    model.eval()
    try:
        model(x)
    finally:
        handle.remove()
        model.train(mode)
    return heard[0]


@feature_maps.mistake(
    "recorded", "PyTorch records gradients while the model answers: ask it inside `with torch.no_grad():`."
)
def with_a_record(model, x, layer):
    return recorded(model, x, layer, lambda output: output.detach().clone())


@feature_maps.mistake(
    "graph-kept", "The maps hang on a graph: ask inside `with torch.no_grad():`, and keep detached copies."
)
def with_a_graph(model, x, layer):
    return recorded(model, x, layer, lambda output: output.clone())


@feature_maps.mistake(
    "recording-left-off", "PyTorch doesn't record any more afterwards. `with torch.no_grad():` ends by itself."
)
def off_for_good(model, x, layer):
    torch.set_grad_enabled(False)
    return recorded(model, x, layer, lambda output: output.detach().clone())


@feature_maps.mistake("scores-returned", "These are the model's scores. Return what your hook has kept.")
def the_scores(model, x, layer):
    mode = model.training
    model.eval()
    try:
        with torch.no_grad():
            return model(x).clone()
    finally:
        model.train(mode)


@feature_maps.mistake(
    "layer-called-with-x", "x goes into the model, not into the layer, which gets what those before it make."
)
def the_layer_alone(model, x, layer):
    mode = model.training
    model.eval()
    try:
        with torch.no_grad():
            maps = layer(x).clone()
            model(x)
            return maps
    finally:
        model.train(mode)


@feature_maps.mistake("list-returned", "That is your list. Return the tensor in it: heard[0].")
def the_list(model, x, layer):
    return [listened(model, x, layer)]


@feature_maps.mistake("removed-too-early", "Your hook is removed before the model is asked, so it hears nothing.")
def hears_nothing(model, x, layer):
    heard, mode = [], model.training
    layer.register_forward_hook(lambda layer, given, output: heard.append(output.detach().clone())).remove()
    model.eval()
    try:
        with torch.no_grad():
            model(x)
    finally:
        model.train(mode)
    return heard[0]


@feature_maps.mistake("return-missing", "The maps are kept, but not returned.")
def says_nothing(model, x, layer):
    listened(model, x, layer)


@feature_maps.variant
def by_a_class_of_hooks(model, x, layer):
    kept = {}

    def hook(module, given, output):
        kept["maps"] = output.detach().numpy().copy()

    training = {module: module.training for module in model.modules()}
    handle = layer.register_forward_hook(hook)
    try:
        model.train(False)
        with torch.set_grad_enabled(False):
            model(x)
    finally:
        handle.remove()
        for module, was in training.items():
            module.training = was
    return torch.from_numpy(kept["maps"])


@feature_maps.variant
def by_another_forward(model, x, layer):
    kept, usual, was = [], layer.forward, model.training

    def forward(*given):
        output = usual(*given)
        kept.append(output.clone())
        return output

    layer.forward = forward
    try:
        with torch.inference_mode():
            model.eval()(x)
    finally:
        del layer.forward
        model.train(was)
    return kept[-1].clone()


feature_maps.equivalent(
    "L4 dropped function output.detach()→output", "Nothing is recorded, so there is no graph to leave."
)
feature_maps.equivalent("L13 constant 0→-1", "A layer that is called once is heard once.")


# --- saliency -----------------------------------------------------------------------------------------------------

saliency = exercise("saliency")


@saliency.held_out
def of_a_network_with_branches(saliency):
    model, x = with_numbers(Branches()), frames("branches saliency", (3, 2, 4, 6))
    return [saliency(model, x, 3), saliency(model, x, torch.tensor([0, 2, 1]))]


@saliency.held_out
def of_float32_pictures_in_one_channel(saliency):
    model = with_numbers(nn.Sequential(nn.Conv2d(1, 2, 2), nn.Tanh(), nn.Flatten(), nn.Linear(24, 3))).float()
    maps = saliency(model, frames("float32", (2, 1, 4, 5)).float(), torch.tensor([2, 0]))
    return {"maps": maps, "type": str(maps.dtype)}


@saliency.held_out
def of_three_channels_with_opposite_signs(saliency):
    model = nn.Sequential(nn.Flatten(), nn.Linear(6, 1)).double()
    with torch.no_grad():
        model[1].weight.copy_(torch.tensor([[-3.0, 0.5, 1.0, -2.0, 2.0, 1.0]]))
    return saliency(model, frames("opposite", (1, 3, 1, 2)), 0)


def chosen(scores, label):
    """The score of each picture's class, for the mistakes below."""
    return scores[torch.arange(len(scores)), torch.as_tensor(label).expand(len(scores))]


def of_channels(gradient):
    """The right way to sum up the channels."""
    return gradient.abs().amax(dim=1)


def felt(model, x, label, pick=lambda scores, label: chosen(scores, label).sum(), sum_up=of_channels, stay=False):
    """The right way, whose steps the mistakes below change one at a time."""
    mode = model.training
    model.eval()
    x = x.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(pick(model(x), label), x)
    if not stay:
        model.train(mode)
    return sum_up(gradient)


@saliency.mistake(
    "gradient-of-loss",
    "That is the gradient of the loss, which fades where the network is sure. Differentiate the score.",
)
def of_the_loss(model, x, label):
    def pick(scores, label):
        labels = torch.as_tensor(label).expand(len(scores))
        return F.cross_entropy(scores, labels, reduction="sum")

    return felt(model, x, label, pick)


@saliency.mistake(
    "gradient-of-mean-loss", "That is the gradient of the mean loss. Differentiate the score of the class asked about."
)
def of_the_mean_loss(model, x, label):
    return felt(model, x, label, lambda s, label: F.cross_entropy(s, torch.as_tensor(label).expand(len(s))))


@saliency.mistake(
    "gradient-of-probability",
    "After softmax, other classes and saturation mix in. Take the score itself, without softmax.",
)
def of_the_probability(model, x, label):
    return felt(model, x, label, lambda scores, label: chosen(scores.softmax(dim=1), label).sum())


@saliency.mistake("label-ignored", "You explain the prediction, not the class asked about: take the score at `label`.")
def of_the_prediction(model, x, label):
    return felt(model, x, label, lambda scores, label: scores.amax(dim=1).sum())


@saliency.mistake("all-scores", "You add up the scores of all classes. Only those of the class asked about count.")
def of_all_scores(model, x, label):
    return felt(model, x, label, lambda scores, label: scores.sum())


@saliency.mistake(
    "all-labels-for-all",
    "scores[:, label] takes all labels for every picture. One each: scores[torch.arange(n), label].",
)
def of_every_label(model, x, label):
    return felt(model, x, label, lambda scores, label: scores[:, label].sum())


@saliency.mistake("row-for-column", "scores[label] is a picture's row. The classes are the columns: scores[:, label].")
def of_a_row(model, x, label):
    return felt(model, x, label, lambda scores, label: scores[torch.as_tensor(label) % len(scores)].sum())


@saliency.mistake("batch-mean", "The mean divides each picture's gradient by n. Add the scores up.")
def of_the_mean(model, x, label):
    return felt(model, x, label, lambda scores, label: chosen(scores, label).mean())


@saliency.mistake(
    "sign-kept", "Some values are negative. A pixel that speaks against it matters, too: absolute values."
)
def signed(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.amax(dim=1))


@saliency.mistake(
    "absolute-after-maximum",
    "First the absolute value, then the largest of the channels: a strong negative one counts.",
)
def maximum_first(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.amax(dim=1).abs())


@saliency.mistake("negatives-cut", "You cut negative values off. A pixel that speaks against it matters, too: abs().")
def positive_only(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.relu().amax(dim=1))


@saliency.mistake("channels-summed", "You add the channels up. Take the largest of them: amax(dim=1).")
def sum_of_channels(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.abs().sum(dim=1))


@saliency.mistake("channels-averaged", "You take the mean of the channels. Take the largest: amax(dim=1).")
def mean_of_channels(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.abs().mean(dim=1))


@saliency.mistake("first-channel-only", "You look at the first channel only. Take the largest of all: amax(dim=1).")
def first_channel(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.abs()[:, 0])


@saliency.mistake("channel-axis-kept", "The axis of the channels is still there: amax(dim=1) without keepdim.")
def with_an_axis_more(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: gradient.abs().amax(dim=1, keepdim=True))


@saliency.mistake("squared", "You square the gradient. Its absolute value is asked for.")
def squares(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: (gradient**2).amax(dim=1))


@saliency.mistake("scaled", "You divide by the largest value. Here it stays as it is.")
def scaled(model, x, label):
    def sum_up(gradient):
        maps = of_channels(gradient)
        return maps / maps.amax(dim=(1, 2), keepdim=True)

    return felt(model, x, label, sum_up=sum_up)


@saliency.mistake("times-the-picture", "You multiply by the picture. The saliency is the gradient alone.")
def times_x(model, x, label):
    return felt(model, x, label, sum_up=lambda gradient: of_channels(gradient * x.detach()))


@saliency.mistake(
    "mode-left", "You leave the model in evaluation mode. Put back the mode you found: model.train(mode)."
)
def stays_in_evaluation(model, x, label):
    return felt(model, x, label, stay=True)


@saliency.mistake("always-back-to-training", "You always end in training mode. Put back the mode you found.")
def ends_in_training(model, x, label):
    maps = felt(model, x, label)
    model.train()
    return maps


@saliency.mistake(
    "eval-missing", "The model answers in training mode, where pictures have an influence on each other: eval()."
)
def in_whatever_mode(model, x, label):
    x = x.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(chosen(model(x), label).sum(), x)
    return of_channels(gradient)


@saliency.mistake(
    "parameters-gradients-filled", "backward() also fills the parameters' .grad. Use torch.autograd.grad(score, x)."
)
def by_backward(model, x, label):
    mode = model.training
    model.eval()
    x = x.detach().clone().requires_grad_(True)
    chosen(model(x), label).sum().backward()
    model.train(mode)
    return of_channels(x.grad)


@saliency.mistake(
    "stale-gradient", "x.grad of the last call is still there, and the new one is added. Work on x.detach().clone()."
)
def on_x_itself(model, x, label):
    mode = model.training
    model.eval()
    x.requires_grad_(True)
    chosen(model(x), label).sum().backward()
    model.train(mode)
    return of_channels(x.grad)


@saliency.mistake("x-changed", "You change x: from now on it requires a gradient. Work on a copy, x.detach().clone().")
def x_requires_a_gradient(model, x, label):
    mode = model.training
    model.eval()
    x.requires_grad_(True)
    (gradient,) = torch.autograd.grad(chosen(model(x), label).sum(), x)
    model.train(mode)
    return of_channels(gradient)


@saliency.mistake("graph-kept", "The map hangs on a graph: detach it.")
def with_its_graph(model, x, label):
    mode = model.training
    model.eval()
    x = x.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(chosen(model(x), label).sum(), x, create_graph=True)
    model.train(mode)
    return of_channels(gradient + 0 * x)


@saliency.mistake("not-required", "x doesn't remember anything: x.detach().clone().requires_grad_(True).")
def forgetful(model, x, label):
    (gradient,) = torch.autograd.grad(chosen(model.eval()(x), label).sum(), x)
    return of_channels(gradient)


@saliency.mistake("return-missing", "The map is computed, but not returned.")
def no_map(model, x, label):
    felt(model, x, label)


@saliency.variant
def picture_by_picture(model, x, label):
    was = model.training
    model.eval()
    labels = [label] * len(x) if isinstance(label, int) else label.tolist()
    maps = []
    for picture, number in zip(x.detach(), labels, strict=True):
        one = picture[None].clone().requires_grad_()
        maps.append(torch.autograd.grad(model(one)[0, number], one)[0].abs().max(dim=1).values)
    model.train(was)
    return torch.cat(maps)


@saliency.variant
def by_one_hot_scores(model, x, label):
    was = model.training
    model.train(False)
    pixels = x.clone().detach()
    pixels.requires_grad = True
    scores = model(pixels)
    wanted = torch.zeros_like(scores)
    wanted[range(len(x)), label] = 1
    gradient = torch.autograd.grad(scores, pixels, grad_outputs=wanted)[0]
    model.train(was)
    return torch.linalg.vector_norm(gradient, float("inf"), dim=1)


@saliency.variant
def with_frozen_parameters(model, x, label):
    was, kept = model.training, [parameter.requires_grad for parameter in model.parameters()]
    model.eval().requires_grad_(False)
    pixels = x.detach().clone().requires_grad_(True)
    scores = model(pixels)
    scores.gather(1, torch.as_tensor(label).expand(len(x)).reshape(-1, 1)).sum().backward()
    for parameter, needed in zip(model.parameters(), kept, strict=True):
        parameter.requires_grad_(needed)
    model.train(was)
    return pixels.grad.abs().max(1)[0]


saliency.equivalent(
    "L4 dropped function x.detach().clone()→x.detach()", "A detached tensor may require a gradient without x doing so."
)
saliency.equivalent("L4 dropped function x.detach()→x", "The gradient is asked for where the graph passes the clone.")
saliency.equivalent(
    "L6 dropped statement label = torch.as_tensor(label).expand(len(x))→pass",
    "A single number goes with every row: indexing stretches it by itself.",
)


# --- grad_cam -----------------------------------------------------------------------------------------------------

grad_cam = exercise("grad_cam")


class Pooled(nn.Module):
    """Maps of another size than the picture, then means over all places, as in large networks for photographs."""

    def __init__(self):
        super().__init__()
        self.maps, self.out = nn.Conv2d(3, 5, (3, 2), stride=(2, 1)), nn.Linear(5, 4)

    def forward(self, X):
        return self.out(torch.tanh(self.maps(X)).mean(dim=(2, 3)))


@grad_cam.held_out
def of_a_network_that_ends_in_means(grad_cam):
    model, x = with_numbers(Pooled()), frames("pooled", (3, 3, 9, 5))
    return [grad_cam(model, x, 2, model.maps), grad_cam(model, x, torch.tensor([1, 3, 0]), model.maps)]


@grad_cam.held_out
def maps_larger_than_the_picture(grad_cam):
    layers = [nn.ConvTranspose2d(1, 3, 2, stride=2), nn.Tanh(), nn.Flatten(), nn.Linear(3 * 48, 2)]
    model = with_numbers(nn.Sequential(*layers))
    maps = grad_cam(model.float(), frames("larger", (2, 1, 3, 4)).float(), 1, model[0])
    return {"maps": maps, "type": str(maps.dtype)}


@grad_cam.held_out
def within_a_branch(grad_cam):
    model, x = with_numbers(Branches()), frames("branch", (2, 2, 4, 6))
    return grad_cam(model, x, 1, model.right)


def averaged(gradient):
    """The right weights: one per map and picture."""
    return gradient.mean(dim=(2, 3), keepdim=True)


def summed_up(maps, gradient, weigh=averaged):
    """The right sum of maps (n, 1, h', w')."""
    return (weigh(gradient) * maps).sum(dim=1, keepdim=True).relu()


def enlarged(cam, size):
    """The right enlargement."""
    return F.interpolate(cam, size=tuple(size), mode="bilinear", align_corners=False)


def by_its_maximum(cam):
    """The right scale."""
    largest = cam.amax(dim=(2, 3), keepdim=True)
    return (cam / torch.where(largest > 0, largest, 1.0))[:, 0]


def mapped(
    model, x, label, layer,
    pick=lambda scores, label: chosen(scores, label).sum(), add=summed_up, enlarge=enlarged, scale=by_its_maximum,
    hook_stays=False, mode_stays=False,
):  # fmt: skip
    """The right way, whose steps the mistakes below change one at a time."""
    heard, mode = [], model.training
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(output))
    model.eval()
    try:
        scores = model(x.detach().clone().requires_grad_(True))
    finally:
        if not hook_stays:
            handle.remove()
        if not mode_stays:
            model.train(mode)
    (gradient,) = torch.autograd.grad(pick(scores, label), heard[-1])
    return scale(enlarge(add(heard[-1].detach(), gradient), x.shape[2:]))


@grad_cam.mistake(
    "relu-on-gradients",
    "You cut negative gradients off. Average first, keep negative weights; ReLU only the weighted sum.",
)
def positive_gradients(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: summed_up(A, g.relu()))


@grad_cam.mistake("negative-weights-cut", "Negative weights belong to the sum: such maps speak against the class.")
def positive_weights(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: summed_up(A, g, lambda g: averaged(g).relu()))


@grad_cam.mistake("weights-without-sign", "You take the absolute weights. Their sign says for or against the class.")
def absolute_weights(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: summed_up(A, g, lambda g: averaged(g).abs()))


@grad_cam.mistake("relu-missing", "What speaks against the class is still there: ReLU the weighted sum.")
def without_relu(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: (averaged(g) * A).sum(dim=1, keepdim=True))


@grad_cam.mistake("relu-on-each-map", "ReLU comes after the sum of the weighted maps, not on each of them.")
def relu_before_the_sum(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: (averaged(g) * A).relu().sum(dim=1, keepdim=True))


@grad_cam.mistake("maps-cut", "You cut the maps themselves off at 0. ReLU comes after their weighted sum only.")
def relu_on_the_maps(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: summed_up(A.relu(), g))


@grad_cam.mistake("absolute-value", "You take the absolute value of the sum. Negative places become 0: ReLU.")
def absolute_sum(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: (averaged(g) * A).sum(dim=1, keepdim=True).abs())


@grad_cam.mistake("gradients-not-averaged", "Each map has one weight: the mean of its gradient over all its places.")
def place_by_place(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: summed_up(A, g, lambda g: g))


@grad_cam.mistake("averaged-over-one-axis", "You average along one axis only. The mean goes over both: dim=(2, 3).")
def over_the_columns(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: summed_up(A, g, lambda g: g.mean(dim=3, keepdim=True)))


@grad_cam.mistake(
    "weights-of-the-batch", "You average over the pictures, too. Each has weights of its own: dim=(2, 3)."
)
def one_weight_for_all(model, x, label, layer):
    return mapped(
        model, x, label, layer, add=lambda A, g: summed_up(A, g, lambda g: g.mean(dim=(0, 2, 3), keepdim=True))
    )


@grad_cam.mistake(
    "weights-missing", "The maps are added up without weights. What each says of the class is in its gradient."
)
def unweighted(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: A.sum(dim=1, keepdim=True).relu())


@grad_cam.mistake("maps-missing", "You show the gradients. They are only the weights of the maps.")
def gradients_alone(model, x, label, layer):
    return mapped(model, x, label, layer, add=lambda A, g: g.sum(dim=1, keepdim=True).relu())


@grad_cam.mistake("gradient-of-loss", "That is the gradient of the loss. Differentiate the score of the class.")
def from_the_loss(model, x, label, layer):
    def pick(scores, label):
        return F.cross_entropy(scores, torch.as_tensor(label).expand(len(scores)))

    return mapped(model, x, label, layer, pick=pick)


@grad_cam.mistake("gradient-of-probability", "You differentiate a probability. Take the score, without softmax.")
def from_the_probability(model, x, label, layer):
    return mapped(model, x, label, layer, pick=lambda s, label: chosen(s.softmax(dim=1), label).sum())


@grad_cam.mistake("label-ignored", "You explain the prediction, not the class asked about: take the score at `label`.")
def for_the_prediction(model, x, label, layer):
    return mapped(model, x, label, layer, pick=lambda scores, label: scores.amax(dim=1).sum())


@grad_cam.mistake(
    "all-labels-for-all",
    "scores[:, label] takes all labels for every picture. One each: scores[torch.arange(n), label].",
)
def for_every_label(model, x, label, layer):
    return mapped(model, x, label, layer, pick=lambda scores, label: scores[:, label].sum())


@grad_cam.mistake("not-enlarged", "The map is as small as the layer's. Enlarge it to the size of the picture.")
def small(model, x, label, layer):
    return mapped(model, x, label, layer, enlarge=lambda cam, size: cam)


@grad_cam.mistake("nearest", 'You enlarge by repeating values: mode="bilinear", align_corners=False.')
def repeated(model, x, label, layer):
    return mapped(model, x, label, layer, enlarge=lambda cam, size: F.interpolate(cam, size=tuple(size)))


@grad_cam.mistake("corners-aligned", "Enlarge with align_corners=False.")
def with_aligned_corners(model, x, label, layer):
    def enlarge(cam, size):
        return F.interpolate(cam, size=tuple(size), mode="bilinear", align_corners=True)

    return mapped(model, x, label, layer, enlarge=enlarge)


@grad_cam.mistake("size-swapped", "Height and width are swapped: size=(h, w), as in x.shape[2:].")
def turned(model, x, label, layer):
    return mapped(model, x, label, layer, enlarge=lambda cam, size: enlarged(cam, size[::-1]))


@grad_cam.mistake("not-scaled", "The maps are right up to scale: divide each by its largest value.")
def as_it_comes(model, x, label, layer):
    return mapped(model, x, label, layer, scale=lambda cam: cam[:, 0])


@grad_cam.mistake(
    "scaled-by-the-batch", "You divide by the largest value of all pictures. Each has a maximum of its own."
)
def by_one_maximum(model, x, label, layer):
    return mapped(model, x, label, layer, scale=lambda cam: (cam / torch.where(cam.max() > 0, cam.max(), 1.0))[:, 0])


@grad_cam.mistake(
    "divided-by-0", "Where nothing speaks for the class the maximum is 0, and 0/0 is no number: leave zeros there."
)
def careless(model, x, label, layer):
    return mapped(model, x, label, layer, scale=lambda cam: (cam / cam.amax(dim=(2, 3), keepdim=True))[:, 0])


@grad_cam.mistake("scaled-before-enlarging", "Divide by the largest value at the end: enlarging makes it smaller.")
def scale_first(model, x, label, layer):
    return mapped(
        model, x, label, layer,
        add=lambda A, g: by_its_maximum(summed_up(A, g))[:, None], scale=lambda cam: cam[:, 0],
    )  # fmt: skip


@grad_cam.mistake("relu-after-enlarging", "ReLU comes before the enlargement, as soon as the maps are added up.")
def relu_late(model, x, label, layer):
    return mapped(
        model, x, label, layer,
        add=lambda A, g: (averaged(g) * A).sum(dim=1, keepdim=True),
        enlarge=lambda cam, size: enlarged(cam, size).relu(),
    )  # fmt: skip


@grad_cam.mistake("least-subtracted", "You subtract the smallest value as well. Only divide by the largest.")
def from_0_to_1(model, x, label, layer):
    def scale(cam):
        low, high = cam.amin(dim=(2, 3), keepdim=True), cam.amax(dim=(2, 3), keepdim=True)
        return ((cam - low) / torch.where(high > low, high - low, 1.0))[:, 0]

    return mapped(model, x, label, layer, scale=scale)


@grad_cam.mistake("channel-axis-kept", "There is an axis too many: return (n, h, w).")
def with_one_channel(model, x, label, layer):
    return mapped(model, x, label, layer)[:, None]


@grad_cam.mistake("hook-left", "Your hook stays in the model: handle.remove().")
def its_hook_stays(model, x, label, layer):
    return mapped(model, x, label, layer, hook_stays=True)


@grad_cam.mistake(
    "mode-left", "You leave the model in evaluation mode. Put back the mode you found: model.train(mode)."
)
def its_mode_stays(model, x, label, layer):
    return mapped(model, x, label, layer, mode_stays=True)


@grad_cam.mistake("eval-missing", "The model answers in training mode, where dropout drops: call model.eval() first.")
def while_training(model, x, label, layer):
    heard = []
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(output))
    scores = model(x.detach().clone().requires_grad_(True))
    handle.remove()
    (gradient,) = torch.autograd.grad(chosen(scores, label).sum(), heard[0])
    return by_its_maximum(enlarged(summed_up(heard[0].detach(), gradient), x.shape[2:]))


@grad_cam.mistake(
    "parameters-gradients-filled",
    "backward() also fills the parameters' .grad. Use torch.autograd.grad(score, maps).",
)
def with_backward(model, x, label, layer):
    def pick(scores, label):
        score = chosen(scores, label).sum()
        score.backward(retain_graph=True)
        return score

    return mapped(model, x, label, layer, pick=pick)


@grad_cam.mistake("graph-kept", "The map hangs on a graph: detach it.")
def on_its_graph(model, x, label, layer):
    return mapped(model, x, label, layer) + 0 * next(model.parameters()).sum()


@grad_cam.mistake(
    "detached", "What your hook keeps is detached, so the score has no gradient there. Keep the output as it is."
)
def hook_detaches(model, x, label, layer):
    heard = []
    handle = layer.register_forward_hook(lambda layer, given, output: heard.append(output.detach().clone()))
    scores = model.eval()(x)
    handle.remove()
    torch.autograd.grad(chosen(scores, label).sum(), heard[0])


@grad_cam.mistake("return-missing", "The map is computed, but not returned.")
def keeps_quiet(model, x, label, layer):
    mapped(model, x, label, layer)


@grad_cam.variant
def with_hooks_for_both_ways(model, x, label, layer):
    was, kept = model.training, {}
    model.eval()
    handles = [layer.register_forward_hook(lambda layer, given, output: kept.update(maps=output))]
    try:
        pixels = x.detach().clone().requires_grad_()
        scores = model(pixels)
        kept["maps"].register_hook(lambda gradient: kept.update(gradient=gradient))
        torch.autograd.grad(scores[range(len(x)), label].sum(), pixels)
    finally:
        for handle in handles:
            handle.remove()
    model.train(was)
    weights = kept["gradient"].sum(dim=[2, 3])
    cam = torch.einsum("nc,nchw->nhw", weights, kept["maps"].detach()).clamp(min=0)
    cam = F.interpolate(cam.unsqueeze(1), tuple(x.shape[-2:]), mode="bilinear").squeeze(1)
    highest = cam.flatten(1).max(dim=1).values
    return torch.nan_to_num(cam / highest[:, None, None], nan=0.0)


@grad_cam.variant
def each_by_itself(model, x, label, layer):
    was = model.training
    maps = []
    for i, picture in enumerate(x.detach()):
        heard = []
        handle = layer.register_forward_hook(lambda layer, given, output, heard=heard: heard.append(output))
        score = model.eval()(picture[None].clone().requires_grad_())[0, label if isinstance(label, int) else label[i]]
        handle.remove()
        gradient = torch.autograd.grad(score, heard[0])[0][0]
        cam = sum(g.mean() * A for g, A in zip(gradient, heard[0].detach()[0], strict=True))
        cam = nn.Upsample(size=picture.shape[1:], mode="bilinear")(torch.clamp(cam, 0)[None, None])[0, 0]
        maps.append(cam / cam.max() if cam.max() > 0 else torch.zeros_like(cam))
    model.train(was)
    return torch.stack(maps)


grad_cam.equivalent(
    "L6 dropped function x.detach().clone()→x.detach()", "A detached tensor may require a gradient without x doing so."
)
grad_cam.equivalent("L6 dropped function x.detach()→x", "The gradient is asked for where the graph passes the clone.")
grad_cam.equivalent(
    "L10 dropped statement label = torch.as_tensor(label).expand(len(x))→pass",
    "A single number goes with every row: indexing stretches it by itself.",
)
grad_cam.equivalent(
    "L12 sibling function asked.sum→asked.mean", "A constant factor, which the division by the maximum removes."
)
grad_cam.equivalent(
    "L13 sibling function gradient.mean→gradient.sum", "A constant factor, which the division by the maximum removes."
)
grad_cam.equivalent(
    "L14 sibling function (weights * heard[0]).sum→(weights * heard[0]).mean",
    "A constant factor, which the division by the maximum removes.",
)
grad_cam.equivalent("L12 constant 0→-1", "A layer that is called once is heard once.")
grad_cam.equivalent("L14 constant 0→-1", "A layer that is called once is heard once.")
grad_cam.equivalent("L13 constant 2→-2", "Of four axes, axis 2 is the last but one.")
grad_cam.equivalent("L15 constant 2→-2", "Of four axes, axis 2 is the last but one.")
grad_cam.equivalent("L17 constant 2→-2", "Of four axes, axis 2 is the last but one.")
grad_cam.equivalent("L16 dropped keyword align_corners=False", "It is what PyTorch does unless told otherwise.")
grad_cam.equivalent("L18 constant 1.0→2.0", "There the map is 0, whatever it is divided by.")
grad_cam.equivalent("L18 constant 1.0→-1.0", "There the map is 0, whatever it is divided by.")
grad_cam.equivalent("L18 constant 0→-1 #2", "There is one channel: the first is the last.")


# --- occlusion ----------------------------------------------------------------------------------------------------

occlusion = exercise("occlusion")


@occlusion.held_out
def of_branches(occlusion):
    model, x = with_numbers(Branches()), frames("occluded", (2, 2, 3, 5))
    return [occlusion(model, x, 2, 3), occlusion(model, x, torch.tensor([3, 0]), 2)]


@occlusion.held_out
def weights_and_pictures_stay(occlusion):
    model = with_numbers(Branches())
    return with_inputs(lambda x: occlusion(model, x, 1, 2), frames("unchanged", (2, 2, 3, 3)))


@occlusion.held_out
def float32_of_one_channel(occlusion):
    model = with_numbers(nn.Sequential(nn.Conv2d(1, 2, 2), nn.Tanh(), nn.Flatten(), nn.Linear(12, 3))).float()
    falls = occlusion(model, frames("small", (2, 1, 3, 4)).float(), 2, 2)
    return {"falls": falls, "type": str(falls.dtype)}


def black(picture, top, left, size):
    """A copy with a black window, for the mistakes below."""
    covered = picture.clone()
    covered[:, :, top : top + size, left : left + size] = 0
    return covered


def fall(model, x, label, size, cover=black, score=chosen, compare=torch.sub, places=None, graph=False, stay=False):
    """The right way, whose steps the mistakes below change one at a time."""
    mode = model.training
    model.eval()
    h, w = x.shape[2:]
    down, across = places or (h - size + 1, w - size + 1)
    with torch.set_grad_enabled(graph):
        whole = score(model(x), label)
        rows = [[compare(whole, score(model(cover(x, i, j, size)), label)) for j in range(across)] for i in range(down)]
    if not stay:
        model.train(mode)
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=1)


@occlusion.mistake("sign-turned", "A fall is positive: the whole picture's score minus the covered one's.")
def turned_around(model, x, label, size):
    return fall(model, x, label, size, compare=lambda whole, covered: covered - whole)


@occlusion.mistake("absolute", "You take absolute values. Where the score rises, the fall is negative.")
def without_sign(model, x, label, size):
    return fall(model, x, label, size, compare=lambda whole, covered: (whole - covered).abs())


@occlusion.mistake("scores-returned", "These are the covered pictures' scores. How far have they fallen?")
def scores_only(model, x, label, size):
    return fall(model, x, label, size, compare=lambda whole, covered: covered)


@occlusion.mistake("first-channel-only", "The window must be black in all channels: covered[:, :, …].")
def one_channel(model, x, label, size):
    def cover(picture, top, left, size):
        covered = picture.clone()
        covered[:, 0, top : top + size, left : left + size] = 0
        return covered

    return fall(model, x, label, size, cover)


@occlusion.mistake("mean-for-black", "The window is filled with the picture's mean. Fill it with 0.")
def grey(model, x, label, size):
    def cover(picture, top, left, size):
        covered = picture.clone()
        covered[:, :, top : top + size, left : left + size] = picture.mean()
        return covered

    return fall(model, x, label, size, cover)


@occlusion.mistake("windows-add-up", "Earlier windows stay black: cover a fresh copy of x each time.")
def all_the_way(model, x, label, size):
    dark = x.clone()

    def cover(picture, top, left, size):
        dark[:, :, top : top + size, left : left + size] = 0
        return dark

    return fall(model, x, label, size, cover)


@occlusion.mistake("x-changed", "You black out x itself. Cover a copy: x.clone().")
def on_the_original(model, x, label, size):
    def cover(picture, top, left, size):
        picture[:, :, top : top + size, left : left + size] = 0
        return picture

    return fall(model, x, label, size, cover)


@occlusion.mistake("last-place-missing", "A window fits at h − size + 1 places, one more than you take.")
def one_too_few(model, x, label, size):
    places = (max(1, x.shape[2] - size), max(1, x.shape[3] - size))
    return fall(model, x, label, size, places=places)


@occlusion.mistake("sticks-out", "Your windows stick out of the picture: the last one starts at h − size.")
def at_every_pixel(model, x, label, size):
    return fall(model, x, label, size, places=tuple(x.shape[2:]))


@occlusion.mistake("label-ignored", "You follow the highest score. Take that of the class asked about.")
def of_the_highest(model, x, label, size):
    return fall(model, x, label, size, score=lambda scores, label: scores.amax(dim=1))


@occlusion.mistake("probabilities", "You compare probabilities. Compare scores, without softmax.")
def of_probabilities(model, x, label, size):
    return fall(model, x, label, size, score=lambda scores, label: chosen(scores.softmax(dim=1), label))


@occlusion.mistake("rows-and-columns-swapped", "The first of the two places is the row: falls[:, top, left].")
def transposed(model, x, label, size):
    return fall(model, x, label, size).transpose(1, 2)


@occlusion.mistake(
    "mode-left", "You leave the model in evaluation mode. Put back the mode you found: model.train(mode)."
)
def mode_stays(model, x, label, size):
    return fall(model, x, label, size, stay=True)


@occlusion.mistake("graph-kept", "The result hangs on a graph: ask inside `with torch.no_grad():`.")
def graph_stays(model, x, label, size):
    return fall(model, x, label, size, graph=True)


@occlusion.mistake("eval-missing", "The model answers in training mode: call model.eval() first.")
def in_the_mode_it_has(model, x, label, size):
    with torch.no_grad():
        h, w = x.shape[2] - size + 1, x.shape[3] - size + 1
        whole = chosen(model(x), label)
        rows = [[whole - chosen(model(black(x, i, j, size)), label) for j in range(w)] for i in range(h)]
    return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=1)


@occlusion.mistake("return-missing", "The falls are computed, but not returned.")
def without_result(model, x, label, size):
    fall(model, x, label, size)


@occlusion.variant
def by_masks(model, x, label, size):
    was = model.training
    model.eval()
    n, _, h, w = x.shape
    labels = torch.full((n,), label) if isinstance(label, int) else label
    result = torch.empty(n, h - size + 1, w - size + 1, dtype=x.dtype)
    for i in range(result.shape[1]):
        for j in range(result.shape[2]):
            y, z = torch.arange(h)[:, None], torch.arange(w)
            inside = (y >= i) & (y < i + size) & (z >= j) & (z < j + size)
            falls = model(x.detach()) - model(torch.where(inside, torch.zeros_like(x), x.detach()))
            result[:, i, j] = falls.gather(1, labels[:, None])[:, 0].detach()
    model.train(was)
    return result


@occlusion.variant
def all_windows_at_once(model, x, label, size):
    was, (n, _, h, w) = model.training, x.shape
    down, across = h - size + 1, w - size + 1
    with torch.inference_mode():
        model.eval()
        many = x.repeat(down * across, 1, 1, 1)
        for place in range(down * across):
            top, left = divmod(place, across)
            many[place * n : (place + 1) * n, :, top : top + size, left : left + size] = 0
        labels = torch.as_tensor(label).expand(n)
        whole = model(x)[torch.arange(n), labels]
        covered = model(many)[torch.arange(len(many)), labels.repeat(down * across)]
    model.train(was)
    return (whole - covered.reshape(down * across, n)).T.reshape(n, down, across).clone()


occlusion.equivalent(
    "L5 dropped statement label = torch.as_tensor(label).expand(len(x))→pass",
    "A single number goes with every row: indexing stretches it by itself.",
)
occlusion.equivalent("L8 constant 2→-2", "Of four axes, axis 2 is the last but one.")
occlusion.equivalent("L9 dropped keyword dtype=whole.dtype", "The docstring leaves the type of the result open.")
occlusion.equivalent("L9 sibling function torch.zeros→torch.ones", "Every place is overwritten.")
