"""What to do about the errors that beginners meet most with arrays and tensors: the libraries say what, rarely what
to do."""

from __future__ import annotations

import re

from autograder.core.outcome import Raised

_PYTORCH = (
    (
        r"before Module\.__init__\(\) call|has no attribute '_(parameters|modules|buffers|\w+_hooks)'",
        "A class derived from nn.Module must begin its `__init__` with super().__init__().",
    ),
    (
        r"(\b(list|tuple)|<genexpr>) is not a Module subclass",
        "nn.Sequential takes layers one by one. A star unpacks a list of them: nn.Sequential(*layers).",
    ),
    (
        r"is not a Module subclass",
        "A layer is an object, made by calling its class: nn.ReLU() with round brackets, or activation().",
    ),
    (
        r"must be Tensor, not (ReLU|Tanh|Sigmoid|GELU|LeakyReLU|Softmax|Linear|Dropout|Sequential)\b",
        "That is a layer, not its answer. Make the layer once, in `__init__`: self.bend = nn.ReLU(). Then call what "
        "you made: self.bend(X).",
    ),
    (r"must be Tensor, not NoneType", "Something is None: does a `forward` or a function you call lack its `return`?"),
    (r"must be Tensor, not numpy\.ndarray", "PyTorch's functions take tensors: torch.tensor(array) makes one."),
    (
        r"cannot assign '.*' as parameter",
        "A parameter can't be replaced by a plain tensor. Copy into it: with torch.no_grad(): layer.weight.copy_(…).",
    ),
    (
        r"leaf Variable that requires grad",
        "PyTorch records what is done to a tensor that requires a gradient. Overwrite it inside `with "
        "torch.no_grad():`.",
    ),
    (
        r"does not require grad and does not have a grad_fn",
        "Nothing was recorded on the way to it: was the first tensor made with requires_grad=True, and does no_grad or "
        "detach stand in between?",
    ),
    (
        r"must have the same dtype",
        "One is float32, PyTorch's usual type, the other float64, NumPy's. Make both the same: .double(), .float(), or "
        "dtype=… where it is made.",
    ),
    (
        r"^KeyError: 'step'",
        "Adam's state has an entry “step”, and this is the state of another kind of optimiser. Load it into one of "
        "that kind.",
    ),
    (
        r"mat1 and mat2 shapes cannot be multiplied",
        "A layer nn.Linear(n_in, n_out) takes n_in numbers per row. Print the shape of what it is given.",
    ),
    (
        r"Can't pickle|cannot pickle",
        "Only data can be written to a file. Of a model or an optimiser that is its state_dict().",
    ),
    (
        r"Weights only load failed",
        "Something in the file is no tensor, plain number or text: save state_dict()s, and int(…) of a number of "
        "NumPy.",
    ),
)

_ADVICE = (
    *_PYTORCH,
    (
        r"not supported between instances of '((list|tuple)' and|\w+' and '(list|tuple)')",
        "A whole list or tuple is compared here. Take what you mean out of it first, such as parts[0].",
    ),
    (
        r"truth value of an array",
        "`if`, `while`, `and`, `or` and Python's own `max` decide once, for a single value. For a whole array use "
        "`np.where`, `np.maximum` or a mask such as `z > 0`.",
    ),
    (
        r"axis (-?\d+) is out of bounds",
        "The array has fewer axes here than you expect; `axis=-1` is always the last one.",
    ),
    (
        r"only (0-dimensional|length-1|size-1) arrays can be converted",
        "Functions of the module `math`, `float` and `int` take single numbers. NumPy's own (`np.exp`, `np.sqrt`, …) "
        "take arrays.",
    ),
    (
        r"mismatch in its core dimension|not aligned",
        "In A @ B, as in np.dot, the last axis of A must be as long as B's last but one (or only) axis. Print both "
        "shapes.",
    ),
    (
        r"could not be broadcast together",
        "The two shapes don't fit entry by entry: compare them axis by axis, from the last one. Print the shapes of "
        "what you hand over in this line.",
    ),
    (
        r"(too many|not enough) values to unpack",
        "Something has another number of parts than the names it is unpacked into. A pair of weights and bias is "
        "written (w, b), where w holds all weights.",
    ),
    (
        r"Cannot cast ufunc",
        "`+=`, `-=` and the like change an array in place, and one of whole numbers can't take fractions: write "
        "x = x − …, or begin with x.astype(float).",
    ),
    (
        r"__init__\(\) should return None",
        "`__init__` sets an object up and returns nothing: assign what it makes to self, without `return`.",
    ),
    (r"inhomogeneous shape|setting an array element with a sequence", "The rows of an array must all be equally long."),
    (r"can't multiply sequence by non-int", "Lists don't calculate: make an array of it first, np.array(…)."),
    (r"unsupported operand .*'function'", "A function does its work when it is called, with round brackets: f(z)."),
    (r"'str'", "Numbers stand without quotation marks."),
    (r"'NoneType'", "Something is None: does a function you call lack its `return`?"),
    (r"^KeyError", "There is no entry with exactly this key: compare the spelling, capitals included."),
    (r"^UnboundLocalError", "Is the name spelt as where it was defined, and was that line run before?"),
    (
        r"^NameError: name 'math'",
        "Use NumPy's own function, such as `np.exp` or `np.sqrt`: `math` isn't imported, and its functions take single "
        "numbers.",
    ),
    (
        r"^NameError",
        "Is the name spelt as where it was defined, and is the line that defines it still there? A name that lives on "
        "in your session alone is gone after a restart.",
    ),
    (
        r"^(FileNotFoundError|NotADirectoryError|IsADirectoryError|PermissionError)",
        "When this is graded only the lesson's own files are there, whatever lies on your machine.",
    ),
    (
        r"^(URLError|HTTPError|ConnectionError|Connection\w+Error|gaierror)|Network is unreachable|name resolution",
        "When this is graded there is no network: nothing can be downloaded.",
    ),
    (r"^IndexError", "An index went beyond the end: the last one is the length minus 1."),
    (r"unexpected keyword argument", "The names of the arguments must stay as they were given."),
    (
        r"'(\w+)' object is not callable",
        "Round brackets behind a name call it as a function, and this is none. Is a name of yours covering one?",
    ),
)


def elsewhere(error: Raised) -> str:
    """What to do about an error that comes of running in another place; empty for other errors."""
    if re.match("NameError|.*File|.*Directory|Permission|URL|HTTP|Connection|gaierror|OSError", error.type_name):
        return advice(error, "")
    return ""


def advice(error: Raised, exercise: str) -> str:
    """One or two sentences on what to do about an error in the answer to `exercise`; empty when we have none."""
    if error.type_name == "TypeError" and "positional argument" in error.message:
        if re.search(rf"\b{re.escape(exercise)}\(\)", error.message):
            return "Keep the line with `def` as it was given."
        return "A function is called here with more or fewer arguments than it takes."
    return next((text for pattern, text in _ADVICE if re.search(pattern, error.message)), "")
