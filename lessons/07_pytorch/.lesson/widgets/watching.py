"""An optimiser and a loss that work as torch's own and note, on the way, what a training function does."""

import torch
from torch import nn


class WatchedSGD(torch.optim.SGD):
    """Plain gradient descent. From step number `last` on it notes, for each of the weight matrices, the norm of
    the gradient and of the change relative to the weights. With `forget`, zero_grad does nothing.
    """

    def __init__(self, model, matrices, lr, forget, last):
        super().__init__(model.parameters(), lr=lr)
        self.matrices, self.forget, self.last = matrices, forget, last
        self.steps, self.norms, self.ratios = 0, [0.0] * len(matrices), [0.0] * len(matrices)

    def zero_grad(self, set_to_none=True):
        if not self.forget:
            super().zero_grad(set_to_none)

    def step(self, closure=None):
        self.steps += 1
        if self.steps < self.last:
            return super().step(closure)
        before = [matrix.detach().clone() for matrix in self.matrices]
        result = super().step(closure)
        self.note_gradients()
        changes = [float((w.detach() - old).norm()) for w, old in zip(self.matrices, before, strict=True)]
        self.ratios = [
            change / float(old.norm()) if float(old.norm()) else 0.0
            for change, old in zip(changes, before, strict=True)
        ]
        return result

    def note_gradients(self):
        self.norms = [0.0 if w.grad is None else float(w.grad.norm()) for w in self.matrices]


class WatchedLoss(nn.CrossEntropyLoss):
    """Cross-entropy; notes the mean over all samples, and whether a backward pass began with old gradients."""

    def __init__(self, model):
        super().__init__()
        self.weights = list(model.parameters())
        self.total, self.count, self.unclean = 0.0, 0, False

    def forward(self, logits, labels):
        loss = super().forward(logits, labels)
        self.total += float(loss.detach()) * len(labels)
        self.count += len(labels)
        if loss.requires_grad and not self.unclean:
            loss.register_hook(self._backward_begins)
        return loss

    def _backward_begins(self, _):
        self.unclean |= any(weight.grad is not None and bool(weight.grad.any()) for weight in self.weights)

    def mean(self):
        return self.total / self.count if self.count else float("nan")
