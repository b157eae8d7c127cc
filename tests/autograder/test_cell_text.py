"""One reader of cells: commands of IPython don't hide the Python around them, and no Python is taken for one."""

import ast
import time

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from autograder.authoring.exercise import Exercise
from autograder.core import cell_text
from autograder.lesson import growing_library
from autograder.lesson.growing_library import Exports
from autograder.runner.job import CodeCell
from autograder.runner.submission import may_not_come_back
from autograder.submission import forbidden_text
from autograder.submission.definitions import defined

MODULO = """\
%matplotlib inline
import torch
def answer(a, b):
    rest = (a
% b)
    return torch.conv2d(rest, b)
"""


def test_a_line_that_begins_with_a_modulo_blinds_nobody():
    assert defined(MODULO) == {"torch": True, "answer": True}
    assert forbidden_text.named([CodeCell("", MODULO)], Exercise("answer", forbids=("torch.conv2d",)))
    assert cell_text.imported(MODULO) == {"torch"}
    library = growing_library.text([Exports("01_l", (MODULO,), ("def f(x):\n    return torch.relu(x)",))])
    assert "import torch" in library
    assert may_not_come_back(MODULO)


COMMANDS = {
    "%matplotlib inline\nx = 1": {"x"},
    "x = 1\n!ls 'it\nf = 2": {"x", "f"},
    "x = %time sum([1])\ny = 2": {"x", "y"},
    "files = !ls\ny = 2": {"files", "y"},
    "if True:\n    %time f()\ny = 2": {"y"},
    "%%time\nx = 1": {"x"},
    "%%bash\nx=1": set(),
    "?print\nx = 1": {"x"},
    "print?\nx = 1": {"x"},
    "x = '''\n%time\n'''\n%time\ny = 1": {"x", "y"},
    "!echo \\\n  more\nx = 1": {"x"},
    "x = [1,  # a ( in a comment\n%time]\n": set(),
}


@pytest.mark.parametrize("source", COMMANDS)
def test_what_a_cell_with_commands_defines(source):
    tree = cell_text.parsed(source)
    stored = {
        node.id for node in ast.walk(tree or ast.Module([], [])) if isinstance(getattr(node, "ctx", 0), ast.Store)
    }
    assert stored == COMMANDS[source]


@pytest.mark.parametrize("source", [source for source in COMMANDS if "%%" not in source])
def test_it_is_python_exactly_where_ipython_says_so(source):
    try:
        ast.parse(TransformerManager().transform_cell(source))
        is_python = True
    except SyntaxError:
        is_python = False
    assert (cell_text.parsed(source) is not None) == is_python


@pytest.mark.parametrize(
    "source",
    [
        *("%x\n" * 20_000, "(" * 150_000, "'" * 150_000, "!" + "\\\n" * 90_000, "a?\n" * 20_000),
        *("!x\n" + " " * 150_000 + "x", "!x\n" + "a b " * 40_000, "!x\nx = 1" + "\n" * 150_000),
    ],
    ids=range(8),
)
def test_no_text_takes_long_to_read(source):
    started = time.process_time()
    cell_text.parsed(source)
    assert time.process_time() - started < 5


TARGETS = " = ".join(f"a{n}" for n in range(8_000))
SEARCHED = {
    "elif": "def answer():\n    torch.conv2d()\nif 0: pass\n" + "".join(f"elif {n}: x = 1\n" for n in range(990)),
    "attributes": "def answer():\n    torch.conv2d()\n" + ("    x" + ".y" * 900 + "\n") * 20,
    "many names": f"{TARGETS} = torch.conv2d\ndef answer():\n    return {TARGETS.replace(' =', ',')}",
}


@pytest.mark.parametrize("kind", SEARCHED)
def test_no_text_hides_a_forbidden_name_or_takes_long_to_search(kind):
    started = time.process_time()
    cells = [CodeCell("", "import torch"), CodeCell("", SEARCHED[kind])]
    assert set(forbidden_text.named(cells, Exercise("answer", forbids=("torch.conv2d",)))) == {"torch.conv2d"}
    assert time.process_time() - started < 5


def test_a_command_may_not_come_back():
    assert may_not_come_back("!sleep 100")
    assert may_not_come_back("%run other.py\ndef f():\n    pass")
    assert not may_not_come_back("def f():\n    pass")
