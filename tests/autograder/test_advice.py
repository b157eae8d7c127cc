"""What is said about an error of Python, NumPy or PyTorch. The errors are real ones: their wording is not ours."""

import io

import numpy as np
import pytest
import torch
from torch import nn

from autograder.core.outcome import Raised
from autograder.judging.advice import advice


class WithoutSuper(nn.Module):
    def __init__(self, layers):
        self.layers = layers


def layer():
    return nn.Linear(2, 2)


class Returns(nn.Module):
    def __init__(self):
        super().__init__()
        return layer()


def another_kind_of_optimiser():
    parameters = [nn.Parameter(torch.ones(2))]
    momentum = torch.optim.SGD(parameters, lr=0.1, momentum=0.9)
    parameters[0].sum().backward()
    momentum.step()
    torch.optim.Adam(parameters).load_state_dict(momentum.state_dict())


def load(content):
    file = io.BytesIO()
    torch.save(content, file)
    file.seek(0)
    torch.load(file, weights_only=True)


ERRORS = {
    "a module without super": (lambda: WithoutSuper(layer()), "super().__init__()"),
    "a plain list without super": (lambda: list(WithoutSuper([layer()]).parameters()), "super().__init__()"),
    "no super, called": (lambda: WithoutSuper([layer()])(torch.ones(2)), "super().__init__()"),
    "no super, eval": (lambda: WithoutSuper([layer()]).eval(), "super().__init__()"),
    "a list in Sequential": (lambda: nn.Sequential([layer()]), "nn.Sequential(*layers)"),
    "a generator in Sequential": (lambda: nn.Sequential(layer() for _ in range(2)), "nn.Sequential(*layers)"),
    "a class as a layer": (lambda: nn.Sequential(layer(), nn.ReLU), "nn.ReLU() with round brackets"),
    "a function as a layer": (lambda: nn.Sequential(layer(), torch.relu), "nn.ReLU() with round brackets"),
    "a class called with data": (lambda: layer()(nn.ReLU(torch.ones(2))), "call what you made"),
    "nothing handed on": (lambda: layer()(None), "lack its `return`"),
    "an array handed to a layer": (lambda: layer()(np.ones(2)), "torch.tensor(array)"),
    "a tensor as a parameter": (lambda: setattr(layer(), "weight", torch.ones(2, 2)), "layer.weight.copy_(…)"),
    "copied while recording": (lambda: layer().weight.copy_(torch.ones(2, 2)), "torch.no_grad()"),
    "backwards from nothing": (lambda: torch.ones(2).sum().backward(), "requires_grad=True"),
    "float32 meets float64": (lambda: layer()(torch.ones(3, 2, dtype=torch.float64)), "the same: .double()"),
    "a row of the wrong length": (lambda: layer()(torch.ones(3, 5)), "n_in numbers per row"),
    "parameters() in a file": (lambda: load(layer().parameters()), "state_dict()"),
    "a class of one's own in a file": (lambda: load(lambda: None), "state_dict()"),
    "a layer in a file": (lambda: load(layer()), "save state_dict()s"),
    "a number of NumPy in a file": (lambda: load(np.int64(3)), "int(…)"),
    "momentum's memory for Adam": (another_kind_of_optimiser, "another kind of optimiser"),
    "a return in __init__": (Returns, "without `return`"),
    "a tuple compared": (lambda: (1, 2) > 0, "parts[0]"),
    "compared with a list": (lambda: [1] < [1, "a"] < 3, "parts[0]"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_comes_with_what_to_do_about_it(name):
    run, cure = ERRORS[name]
    with pytest.raises(Exception) as caught:
        run()
    kind = type(caught.value).__name__
    assert cure in advice(Raised(kind, f"{kind}: {caught.value}"), "answer")
