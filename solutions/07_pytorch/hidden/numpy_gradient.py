"""Held-out cases of `numpy_gradient`, known mistakes with their diagnosis, other right answers."""

import weakref

import numpy as np
import torch

from autograder import exercise, inputs, with_inputs

numpy_gradient = exercise("numpy_gradient")


@numpy_gradient.held_out
def three_axes_of_float32(numpy_gradient):
    x = inputs("gradient x", (2, 3, 2)).astype(np.float32)
    returned = numpy_gradient(lambda x: (x.exp() * x.sum(dim=1, keepdim=True)).sum(), x)
    return {"gradient": returned, "type": str(returned.dtype)}


@numpy_gradient.held_out
def a_single_number(numpy_gradient):
    return with_inputs(numpy_gradient, lambda x: torch.tanh(x) * x, np.array(0.7))


@numpy_gradient.held_out
def two_functions_of_one_array(numpy_gradient):
    x = inputs("gradient shared", 4)
    before = x.copy()
    first, second = numpy_gradient(lambda x: x.prod(), x), numpy_gradient(lambda x: (x**2).sum(), x)
    return {"first": first, "second": second, "unchanged": np.array_equal(x, before)}


def leaf(x):
    """A right tensor, for the mistakes below."""
    return torch.tensor(x, dtype=torch.float64, requires_grad=True)


@numpy_gradient.mistake(
    "grad-none-nonleaf",
    "No gradient arrives here: what .double() or another change makes is a new tensor. Ask for "
    "requires_grad last, on the tensor given to f.",
)
def changed_type_afterwards(f, x):
    tensor = torch.tensor(x, dtype=torch.float32, requires_grad=True).double()
    f(tensor).backward()
    return tensor.grad.numpy()


@numpy_gradient.mistake(
    "whole-numbers-refused",
    "Whole numbers can't have gradients. Say dtype=torch.float64 when you make the tensor.",
)
def type_as_it_comes(f, x):
    tensor = torch.tensor(x, requires_grad=True)
    f(tensor).backward()
    return tensor.grad.numpy()


@numpy_gradient.mistake(
    "requires-grad-forgotten", "The tensor doesn't remember anything: make it with requires_grad=True."
)
def forgetful(f, x):
    tensor = torch.tensor(x, dtype=torch.float64)
    f(tensor).backward()
    return tensor.grad.numpy()


@numpy_gradient.mistake("float32", "The tensor is float32, with 7 digits. f wants float64: dtype=torch.float64.")
def single_precision(f, x):
    tensor = torch.tensor(x, dtype=torch.float32, requires_grad=True)
    f(tensor).backward()
    return tensor.grad.numpy()


@numpy_gradient.mistake(
    "gradient-in-float32",
    "f gets float64, but the gradient you return is float32. Make the tensor float64 at once, and return its .grad as "
    "it is.",
)
def old_tensor(f, x):
    tensor = torch.tensor(x, dtype=torch.float32, requires_grad=True)
    f(tensor.double()).backward()
    return tensor.grad.numpy()


@numpy_gradient.mistake("tensor-returned", "That is a tensor. Return an array: tensor.grad.numpy().")
def as_a_tensor(f, x):
    tensor = leaf(x)
    f(tensor).backward()
    return tensor.grad


@numpy_gradient.mistake("return-missing", "The gradient is computed, but not returned: `return tensor.grad.numpy()`.")
def nothing_returned(f, x):
    tensor = leaf(x)
    f(tensor).backward()


@numpy_gradient.mistake("value-returned", "That is the value of f. The gradient is in tensor.grad, after backward().")
def the_value(f, x):
    return f(leaf(x)).detach().numpy()


@numpy_gradient.mistake(
    "grad-accumulates",
    "You go backwards twice, and .grad adds up. Call f and backward once, on a tensor made anew.",
)
def twice(f, x):
    tensor = leaf(x)
    f(tensor).backward()
    f(tensor).backward()
    return tensor.grad.numpy()


KEPT = weakref.WeakKeyDictionary()


@numpy_gradient.mistake(
    "tensor-kept",
    "The second call adds to the gradient of the first, since the tensor is still there. Make a new one each time.",
)
def kept_for_next_time(f, x):
    tensor = KEPT.setdefault(f, leaf(x))
    f(tensor).backward()
    return tensor.grad.numpy().copy()


@numpy_gradient.mistake(
    "nudging", "You nudge each entry, as in lesson 3. PyTorch does it at once: backward(), then tensor.grad."
)
def by_nudging(f, x):
    x, h = np.array(x, dtype=float), 1e-6
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i], down[i] = x[i] + h, x[i] - h
        grad[i] = (f(torch.tensor(up)) - f(torch.tensor(down))).item() / (2 * h)
    return grad


@numpy_gradient.mistake("x-changed", "You wrote the gradient into x, which must stay as it is. Return a new array.")
def into_x(f, x):
    tensor = leaf(x)
    f(tensor).backward()
    x[...] = tensor.grad.numpy()
    return x.astype(float)


@numpy_gradient.mistake("flattened", "The gradient has lost the shape of x: hand x over as it is, without flattening.")
def in_one_row(f, x):
    tensor = leaf(x)
    f(tensor).backward()
    return tensor.grad.numpy().ravel()


@numpy_gradient.variant
def by_autograd_grad(f, x):
    tensor = torch.from_numpy(np.array(x, dtype=np.float64)).requires_grad_()
    return torch.autograd.grad(f(tensor), tensor)[0].numpy()


@numpy_gradient.variant
def by_functional_grad(f, x):
    return torch.func.grad(f)(torch.as_tensor(x, dtype=torch.float64)).numpy()


@numpy_gradient.variant
def by_jacobian(f, x):
    return torch.autograd.functional.jacobian(f, torch.tensor(x).double()).numpy()
