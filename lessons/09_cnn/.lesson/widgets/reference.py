"""Our versions of what the figure runs on; they stand in while yours isn't written."""

import torch
import torch.nn.functional as F
from torch import nn


class ConvNet(nn.Module):
    """Two convolutions, each with batch norm, ReLU and pooling, and a linear layer on what they found."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classifier = nn.Linear(32 * 7 * 7, 10)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


def feature_maps(model, x, layer):
    """What `layer`, a module inside the model, returns for the images x: (n, channels, h, w)."""
    kept = []
    hook = layer.register_forward_hook(lambda module, given, output: kept.append(output.detach().clone()))
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            model(x)
    finally:
        hook.remove()
        model.train(was_training)
    return kept[0]


def saliency(model, x, label):
    """|∂score of the label/∂pixel|, the largest over the channels: (n, h, w)."""
    was_training = model.training
    model.eval()
    try:
        image = x.detach().clone().requires_grad_()
        (gradient,) = torch.autograd.grad(_scores(model, image, label).sum(), image)
    finally:
        model.train(was_training)
    return gradient.abs().amax(dim=1)


def grad_cam(model, x, label, layer):
    """Where `layer` found what speaks for the label: (n, h, w), 0..1."""
    kept = []
    hook = layer.register_forward_hook(lambda module, given, output: kept.append(output))
    was_training = model.training
    model.eval()
    try:
        image = x.detach().clone().requires_grad_()  # so that a layer with frozen weights has gradients too
        score = _scores(model, image, label).sum()
        (gradient,) = torch.autograd.grad(score, kept[0])
    finally:
        hook.remove()
        model.train(was_training)
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    cam = F.relu((weights * kept[0].detach()).sum(dim=1, keepdim=True))
    cam = F.interpolate(cam, size=x.shape[2:], mode="bilinear", align_corners=False)[:, 0]
    largest = cam.amax(dim=(1, 2), keepdim=True)
    return torch.where(largest > 0, cam / largest.clamp(min=1e-12), torch.zeros_like(cam))


def _scores(model, image, label):
    """Each image's score of its label (an int for all of them, or one each)."""
    scores = model(image)
    labels = torch.as_tensor(label).expand(len(image))
    return scores[torch.arange(len(image)), labels]


OURS = {"ConvNet": ConvNet, "feature_maps": feature_maps, "saliency": saliency, "grad_cam": grad_cam}
