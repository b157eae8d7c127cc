"""Ready-made settings, each with one sentence on what to look for."""

from dataclasses import dataclass, field

NONE = "none"


@dataclass(frozen=True)
class Preset:
    comment: str
    settings: dict = field(default_factory=dict)


PRESETS = {
    "one line": Preset(
        "Two clouds and no hidden layer: one neuron's line is enough.",
        {"data": "gauss", "layers": []},
    ),
    "XOR, inputs chosen": Preset(
        "With x1x2 as its input, XOR needs no hidden layer at all.",
        {"data": "xor", "layers": [], "inputs": ["x1x2"]},
    ),
    "XOR, inputs found": Preset(
        "Given only x1 and x2, the hidden layer must find such an input by itself.",
        {"data": "xor", "layers": [4]},
    ),
    "your ReLU network": Preset(
        "ReLU: the pictures have straight edges, and it is literally your forward and network_gradients.",
        {"activation": "relu", "layers": [8, 4], "start": "He"},
    ),
    "only lines": Preset(
        "Three linear layers are one linear layer: the boundary stays a line, however long you wait.",
        {"activation": "linear", "layers": [8, 8, 8]},
    ),
    "spiral": Preset(
        "The spiral from x1 and x2 alone: two layers of 8, and some patience.",
        {"data": "spiral", "layers": [8, 8], "lr": 0.1, "pace": 5},
    ),
    "learnt by heart": Preset(
        "50 noisy points and 186 weights: the train loss falls, the test loss rises. Cure it in two ways.",
        {"data": "gauss", "noise": 50, "train_share": 10, "layers": [8, 8, 8], "lr": 0.1, "pace": 5, "show_test": True},
    ),
    "too fast": Preset(
        "A learning rate of 10: each step jumps over the valley, and the loss never settles.",
        {"lr": 10.0},
    ),
    "all zeros": Preset(
        "All weights start at 0: the neurons of a layer get the same gradient and stay alike.",
        {"start": "zeros"},
    ),
    "deep sigmoid": Preset(
        "Six sigmoid layers: the gradient fades on its way back, and for long nothing seems to happen.",
        {"activation": "sigmoid", "layers": [6, 6, 6, 6, 6, 6]},
    ),
    "six bumps": Preset(
        "A regression: the network's output is a height, six bumps of it.",
        {"task": "regression", "data": "multi-gauss", "layers": [8, 8], "lr": 0.1},
    ),
}
