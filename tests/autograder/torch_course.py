"""A small course with classes, modules of torch, a training run, a generator and files: what lessons 5 to 11 do."""

from pathlib import Path

from tests.autograder.tiny import write_hidden

HEADER = """---
jupyter:
  kernelspec:
    display_name: Python 3 (ipykernel)
    language: python
    name: python3
  ground_up:
    title: Trial
    question: Does it work?
    minutes: 5
---
"""

FIRST = (
    HEADER
    + '''
```python
import torch
from torch import nn
from torch.nn import functional as F

from autograder import check, hint, reset, solution
```

```python exercise="Perceptron" tags=["export"]
class Perceptron(nn.Module):
    """A linear layer and a ReLU."""

    def __init__(self, n_in, n_out):
        ### BEGIN SOLUTION
        super().__init__()
        self.layer = nn.Linear(n_in, n_out)
        ### END SOLUTION

    def forward(self, x):
        """x (n, n_in) → (n, n_out)"""
        ### BEGIN SOLUTION
        return F.relu(self.layer(x))
        ### END SOLUTION
```
'''
)

FIRST_CHECKS = """
import torch
from autograder import exercise

HINTS = ["a", "b", "c"]
Perceptron = exercise("Perceptron", points=2, returns="(n, n_out)", hints=HINTS)

@Perceptron.case
def it_is_a_module(Perceptron):
    return isinstance(Perceptron(3, 2), torch.nn.Module)

@Perceptron.case
def its_parameters_are_counted(Perceptron):
    return sum(p.numel() for p in Perceptron(3, 2).parameters())
"""

FIRST_HIDDEN = """
# hidden/Perceptron.py
import torch
from autograder import exercise

Perceptron = exercise("Perceptron")
"""

SECOND = (
    HEADER
    + '''
```python
import numpy as np
import torch
from nn import Perceptron
from torch import nn
from tqdm.auto import tqdm

from autograder import check, hint, reset, solution
```

```python exercise="MLP" tags=["export"]
class MLP(nn.Module):
    """Linear layers with ReLU between them. sizes: (n_in, n_hidden, n_out)."""

    def __init__(self, sizes):
        ### BEGIN SOLUTION
        super().__init__()
        self.first = Perceptron(sizes[0], sizes[1])
        self.last = nn.Linear(sizes[1], sizes[2])
        ### END SOLUTION

    def forward(self, x):
        """x (n, n_in) → (n, n_out)"""
        ### BEGIN SOLUTION
        return self.last(self.first(x))
        ### END SOLUTION
```

```python exercise="Table"
class Table:
    """A table of rows and labels. rows (n, d), labels (n,); table[i] is (row, label)."""

    def __init__(self, rows, labels):
        self.rows, self.labels = rows, labels

    def __len__(self):
        ### BEGIN SOLUTION
        return len(self.rows)
        ### END SOLUTION

    def __getitem__(self, index):
        ### BEGIN SOLUTION
        return self.rows[index], self.labels[index]
        ### END SOLUTION
```

```python exercise="batches"
def batches(X, size):
    """Yield the rows of X in order, `size` at a time; the last batch may be smaller."""
    ### BEGIN SOLUTION
    for start in range(0, len(X), size):
        yield X[start : start + size]
    ### END SOLUTION
```

```python exercise="train"
def train(X, y, steps, lr):
    """Logistic regression by gradient descent from zeros. X (n, d), y (n,) of 0 and 1. Returns w (d,) and b."""
    ### BEGIN SOLUTION
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in tqdm(range(steps)):
        error = 1 / (1 + np.exp(-(X @ w + b))) - y
        w = w - lr * X.T @ error / len(y)
        b = b - lr * error.mean()
    return w, b
    ### END SOLUTION
```

```python exercise="save_checkpoint"
def save_checkpoint(path, model, epoch):
    """Write {"model": the model's weights, "epoch": the number of the epoch} to the file `path`."""
    ### BEGIN SOLUTION
    torch.save({"model": model.state_dict(), "epoch": epoch}, path)
    ### END SOLUTION
```

```python exercise="load_checkpoint"
def load_checkpoint(path, model):
    """Put the weights that `save_checkpoint` wrote into the model. Returns the number of the epoch."""
    ### BEGIN SOLUTION
    kept = torch.load(path, weights_only=True)
    model.load_state_dict(kept["model"])
    return kept["epoch"]
    ### END SOLUTION
```

```python
# A training run in the notebook itself, with a bar.
model, losses = MLP((2, 4, 1)), []
for _ in tqdm(range(3)):
    losses.append(model(torch.ones(5, 2)).square().mean())
```
'''
)

SECOND_CHECKS = '''
import tempfile
from pathlib import Path

import numpy as np
import torch
from autograder import close, exercise, inputs, labels_right

HINTS = ["a", "b", "c"]

def filled(module):
    """The module with weights that are the same everywhere."""
    with torch.no_grad():
        for number, parameter in enumerate(module.parameters()):
            values = inputs(f"weights {number}", tuple(parameter.shape))
            parameter.copy_(torch.tensor(values, dtype=parameter.dtype))
    return module

MLP = exercise("MLP", points=3, returns="(n, n_out)", hints=HINTS)

@MLP.case
def it_can_be_made(MLP):
    """Only making one."""
    return isinstance(MLP((3, 4, 2)), torch.nn.Module)

@MLP.case
def its_answers(MLP):
    model = filled(MLP((3, 4, 2)))
    return model(torch.tensor(inputs("mlp x", (5, 3)), dtype=torch.float32))

@MLP.case
def its_gradients(MLP):
    model = filled(MLP((3, 4, 2)))
    model(torch.tensor(inputs("mlp x", (5, 3)), dtype=torch.float32)).square().sum().backward()
    return [parameter.grad for parameter in model.parameters()]

Table = exercise("Table", points=2, parts={"length": 1, "rows": 1}, independent=True, hints=HINTS)
ROWS, LABELS = np.arange(12.0).reshape(6, 2), np.array([0, 1, 2, 0, 1, 2])

@Table.case(part="rows")
def it_keeps_its_rows(Table):
    return Table(ROWS, LABELS).rows

@Table.case(part="length")
def its_length(Table):
    return len(Table(ROWS, LABELS))

@Table.case(part="rows")
def a_row(Table):
    return Table(ROWS, LABELS)[4]

batches = exercise("batches", points=1, hints=HINTS)

@batches.case
def seven_rows(batches):
    return list(batches(np.arange(14.0).reshape(7, 2), 3))

@batches.case
def one_batch(batches):
    return list(batches(np.arange(4.0), 9))

train = exercise("train", points=3, hints=HINTS)
X, X_NEW = inputs("train X", (40, 3)), inputs("train X new", (60, 3))
W = np.array([2.0, -1.0, 0.5])
Y, Y_NEW = (X @ W + 0.3 > 0).astype(int), (X_NEW @ W + 0.3 > 0).astype(int)

@train.case(judge=labels_right(Y_NEW, at_least=0.95, what="held-out accuracy"))
def it_learns_a_plane(train):
    w, b = train(X, Y, 300, 1.0)
    return {"predictions": (X_NEW @ w + b > 0).astype(int), "bias": round(float(b), 6)}

@train.case
def two_steps(train):
    return train(X, Y, 2, 0.5)

save_checkpoint = exercise("save_checkpoint", points=1, hints=HINTS)
load_checkpoint = exercise("load_checkpoint", points=1, needs=["save_checkpoint"], hints=HINTS)

def read(path, model):
    """A right `load_checkpoint`: the learner's isn't there yet when `save_checkpoint` is checked."""
    kept = torch.load(path, weights_only=True)
    model.load_state_dict(kept["model"])
    return kept["epoch"]

def there_and_back(save, load, epoch):
    """Weights and epoch of a model after the weights of another one went through a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.pt"
        save(path, filled(torch.nn.Linear(3, 2)), epoch)
        other = torch.nn.Linear(3, 2)
        return {"epoch": load(path, other), "weights": list(other.parameters())}

@save_checkpoint.case
def what_was_saved_is_loaded(save_checkpoint):
    return there_and_back(save_checkpoint, read, 7)

@save_checkpoint.case
def the_first_epoch(save_checkpoint):
    return there_and_back(save_checkpoint, read, 0)

@load_checkpoint.case
def what_was_loaded_was_saved(save_checkpoint, load_checkpoint):
    return there_and_back(save_checkpoint, load_checkpoint, 7)

@load_checkpoint.case
def the_twelfth_epoch(save_checkpoint, load_checkpoint):
    return there_and_back(save_checkpoint, load_checkpoint, 12)
'''

SECOND_HIDDEN = '''
# hidden/MLP.py
import numpy as np
import torch
from nn import Perceptron
from torch import nn

from autograder import exercise, inputs

MLP = exercise("MLP")

class Twice(nn.Module):
    """A module of a held-out case."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return 2 * self.inner(x)

@MLP.held_out
def inside_another_module(MLP):
    model = Twice(MLP((2, 3, 4)))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.linspace(-1, 1, parameter.numel()).reshape(parameter.shape))
    return model(torch.tensor([[0.5, -2.0]]))

@MLP.held_out
def its_parameters_are_counted(MLP):
    return sum(parameter.numel() for parameter in MLP((5, 4, 3)).parameters())

@MLP.mistake("no-relu", "There is no ReLU between the layers.")
class NoBend(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.first, self.last = nn.Linear(sizes[0], sizes[1]), nn.Linear(sizes[1], sizes[2])

    def forward(self, x):
        return self.last(self.first(x))

@MLP.mistake("relu-last", "The last layer has a ReLU too.")
class BendsAtTheEnd(NoBend):
    def forward(self, x):
        return torch.relu(self.last(torch.relu(self.first(x))))

@MLP.mistake("plain-list", "Layers in a plain list aren't found: use nn.ModuleList.")
class PlainList(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = [nn.Linear(sizes[0], sizes[1]), nn.Linear(sizes[1], sizes[2])]

    def forward(self, x):
        return self.layers[1](torch.relu(self.layers[0](x)))

@MLP.mistake("no-super", "Call super().__init__() first.")
class NoSuper(nn.Module):
    def __init__(self, sizes):
        self.first = nn.Linear(sizes[0], sizes[1])

@MLP.variant
class Sequence(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(sizes[0], sizes[1]), nn.ReLU(), nn.Linear(sizes[1], sizes[2]))

    def forward(self, x):
        return self.layers(x)

@MLP.variant
def by_a_function(sizes):
    return nn.Sequential(nn.Linear(sizes[0], sizes[1]), nn.ReLU(), nn.Linear(sizes[1], sizes[2]))

# hidden/Table.py
import numpy as np

from autograder import exercise, inputs

Table = exercise("Table")

@Table.held_out(part="length")
def no_rows(Table):
    return len(Table(np.zeros((0, 2)), np.zeros(0)))

@Table.held_out(part="rows")
def the_last_row(Table):
    return Table(np.arange(6.0).reshape(3, 2), np.array([5, 6, 7]))[-1]

class GivenTable:
    def __init__(self, rows, labels):
        self.rows, self.labels = rows, labels

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index], self.labels[index]

@Table.mistake("columns", "len(table) is the number of rows.")
class Columns(GivenTable):
    def __len__(self):
        return self.rows.shape[1]

@Table.mistake("row-only", "Return the label, too.")
class RowOnly(GivenTable):
    def __getitem__(self, index):
        return self.rows[index]

@Table.mistake("label-first", "The row comes first.")
class LabelFirst(GivenTable):
    def __getitem__(self, index):
        return self.labels[index], self.rows[index]

@Table.mistake("first-row", "You always return the first row.")
class FirstRow(GivenTable):
    def __getitem__(self, index):
        return self.rows[0], self.labels[0]

Table.variant(GivenTable)

@Table.variant
class Listed(GivenTable):
    def __getitem__(self, index):
        return [self.rows[index], self.labels[index]]

# hidden/batches.py
import numpy as np

from autograder import exercise, inputs

batches = exercise("batches")

@batches.held_out
def exactly_full(batches):
    return list(batches(np.arange(6.0), 3))

@batches.held_out
def it_can_be_called_twice(batches):
    return [list(batches(np.arange(5.0), 2)), list(batches(np.arange(5.0), 4))]

@batches.mistake("last-dropped", "The last, smaller batch is missing.")
def last_dropped(X, size):
    for start in range(0, len(X) - size + 1, size):
        yield X[start : start + size]

@batches.mistake("overlapping", "Each batch starts where the last one ended.")
def overlapping(X, size):
    for start in range(len(X)):
        yield X[start : start + size]

@batches.mistake("first-only", "Only the first batch is there.")
def first_only(X, size):
    yield X[:size]

@batches.mistake("one-too-few", "Each batch is one row short.")
def one_short(X, size):
    for start in range(0, len(X), size):
        yield X[start : start + size - 1]

@batches.variant
def as_a_list(X, size):
    return [X[start : start + size] for start in range(0, len(X), size)]

@batches.variant
def while_any_are_left(X, size):
    while len(X):
        yield X[:size]
        X = X[size:]

# hidden/train.py
import numpy as np

from autograder import exercise, inputs, labels_right

train = exercise("train")
SECRET_X = inputs("secret X", (50, 4))
SECRET_LABELS = (SECRET_X @ np.array([1.0, 2.0, -1.0, 0.5]) > 0).astype(int)

@train.held_out(judge=labels_right(SECRET_LABELS[25:], at_least=0.88, what="held-out accuracy"))
def another_plane(train):
    first = (SECRET_X[:25] @ np.array([1.0, 2.0, -1.0, 0.5]) > 0).astype(int)
    w, b = train(SECRET_X[:25], first, 300, 1.0)
    return (SECRET_X[25:] @ w + b > 0).astype(int)

@train.held_out
def no_step(train):
    return train(inputs("no step", (4, 2)), np.array([0, 1, 1, 0]), 0, 1.0)

def descent(X, y, steps, lr, sign=-1.0, bias=1.0, scale=1.0):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(steps):
        error = 1 / (1 + np.exp(-(X @ w + b))) - y
        w = w + sign * scale * lr * X.T @ error / len(y)
        b = b + sign * scale * bias * lr * error.mean()
    return w, b

@train.mistake("uphill", "The step goes uphill.")
def uphill(X, y, steps, lr):
    return descent(X, y, steps, lr, sign=1.0)

@train.mistake("no-bias", "The bias is never learned.")
def no_bias(X, y, steps, lr):
    return descent(X, y, steps, lr, bias=0.0)

@train.mistake("one-step", "Only one step is made.")
def one_step(X, y, steps, lr):
    return descent(X, y, 1, lr)

@train.mistake("lr-forgotten", "The learning rate isn't used.")
def no_rate(X, y, steps, lr):
    return descent(X, y, steps, 1.0)

train.variant(descent)

@train.variant
def by_hand(X, y, steps, lr):
    return descent(X, y, steps, 2 * lr, scale=0.5)

train.equivalent("L2 constant 1→-1", "X has two axes: axis 1 is the last one.")

# hidden/shared.py
import tempfile
from pathlib import Path

import torch
from torch import nn

def right(path, model):
    kept = torch.load(path, weights_only=True)
    model.load_state_dict(kept["model"])
    return kept["epoch"]

def model_and_epoch(save, load, epoch, sizes):
    with tempfile.TemporaryDirectory() as folder:
        model, other = nn.Linear(*sizes), nn.Linear(*sizes)
        with torch.no_grad():
            model.weight.fill_(0.25)
            model.bias.fill_(-1.5)
        save(Path(folder) / "there.pt", model, epoch)
        return [load(Path(folder) / "there.pt", other), other.weight, other.bias]

# hidden/save_checkpoint.py
import torch

from autograder import exercise

from .shared import model_and_epoch, right

save_checkpoint = exercise("save_checkpoint")

@save_checkpoint.held_out
def a_wide_layer(save_checkpoint):
    return model_and_epoch(save_checkpoint, right, 3, (4, 1))

@save_checkpoint.held_out
def a_high_layer(save_checkpoint):
    return model_and_epoch(save_checkpoint, right, 30, (1, 4))

@save_checkpoint.mistake("epoch-lost", "The epoch isn't saved.")
def saves_no_epoch(path, model, epoch):
    torch.save({"model": model.state_dict()}, path)

@save_checkpoint.mistake("epoch-before", "You save the epoch before.")
def saves_the_epoch_before(path, model, epoch):
    torch.save({"model": model.state_dict(), "epoch": epoch - 1}, path)

@save_checkpoint.mistake("whole-model", "Save the weights, not the model.")
def saves_the_model(path, model, epoch):
    torch.save({"model": list(model.parameters()), "epoch": epoch}, path)

@save_checkpoint.mistake("weights-lost", "No weights are saved.")
def saves_no_weights(path, model, epoch):
    torch.save({"epoch": epoch}, path)

@save_checkpoint.variant
def as_text(path, model, epoch):
    torch.save({"epoch": int(epoch), "model": dict(model.state_dict())}, str(path))

@save_checkpoint.variant
def through_an_open_file(path, model, epoch):
    with open(path, "wb") as file:
        torch.save({"epoch": epoch, "model": model.state_dict()}, file)

# hidden/load_checkpoint.py
import torch

from autograder import exercise

from .shared import model_and_epoch

load_checkpoint = exercise("load_checkpoint")

@load_checkpoint.held_out
def a_wide_layer(save_checkpoint, load_checkpoint):
    return model_and_epoch(save_checkpoint, load_checkpoint, 3, (4, 1))

@load_checkpoint.held_out
def a_high_layer(save_checkpoint, load_checkpoint):
    return model_and_epoch(save_checkpoint, load_checkpoint, 30, (1, 4))

@load_checkpoint.mistake("not-put-in", "The weights are read, but not put into the model.")
def not_put_in(path, model):
    torch.nn.init.zeros_(model.weight)
    torch.nn.init.zeros_(model.bias)
    return torch.load(path, weights_only=True)["epoch"]

@load_checkpoint.mistake("no-epoch", "Return the epoch.")
def returns_nothing(path, model):
    model.load_state_dict(torch.load(path, weights_only=True)["model"])

@load_checkpoint.mistake("next-epoch", "That is the epoch after.")
def next_epoch(path, model):
    model.load_state_dict(torch.load(path, weights_only=True)["model"])
    return torch.load(path, weights_only=True)["epoch"] + 1

@load_checkpoint.mistake("weights-returned", "You return the weights.")
def weights_returned(path, model):
    model.load_state_dict(torch.load(path, weights_only=True)["model"])
    return torch.load(path, weights_only=True)["model"]

@load_checkpoint.variant
def one_by_one(path, model):
    kept = torch.load(path, weights_only=True)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(kept["model"][name])
    return kept["epoch"]

load_checkpoint.equivalent("L2 dropped keyword weights_only=True", "That is the default.")
load_checkpoint.equivalent("L2 constant True→False", "Without code in the file it reads the same.")

@load_checkpoint.variant
def from_an_open_file(path, model):
    with open(path, "rb") as file:
        kept = torch.load(file, weights_only=True)
    model.load_state_dict(kept["model"])
    return kept["epoch"]
'''


def course(folder: Path, **texts: str) -> Path:
    """Write the course; its root. texts: `source`, `checks`, `hidden` of the second lesson in place of the usual."""
    second = {"source": SECOND, "checks": SECOND_CHECKS, "hidden": SECOND_HIDDEN} | texts
    (folder / "nbgrader_config.py").write_text("")
    for name, (source, checks, hidden) in {
        "01_base": (FIRST, FIRST_CHECKS, FIRST_HIDDEN),
        "02_trial": (second["source"], second["checks"], second["hidden"]),
    }.items():
        lesson = folder / "solutions" / name
        lesson.mkdir(parents=True)
        (lesson / f"{name[3:]}.md").write_text(source, encoding="utf-8")
        (lesson / "checks.py").write_text(checks, encoding="utf-8")
        write_hidden(lesson, hidden)
    return folder
