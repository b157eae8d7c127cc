"""Forbidden functions are seen however they are reached; a right implementation of one's own never is."""

import sys
import threading

import numpy as np
import pytest
import torch

from autograder.authoring.exercise import AuthoringError, Exercise
from autograder.cases import forbidden
from autograder.cases.run import run_case, run_cases
from autograder.core import outcome
from autograder.judging import verdicts
from autograder.judging.answer_key import work_out
from autograder.runner.job import CodeCell, outcome_from_frame, outcome_to_frame
from autograder.submission import forbidden_text

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # a fork beside threads is what one test is about
ARRAY = "np.array([1.0, -2.0, 3.0])"
IMAGE = "torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2)"


def outcome_of(forbids, source, given=ARRAY, case="", **more):
    """What comes of an answer's source in a case that calls it with `given` (or of a case's own expression)."""
    made = Exercise("answer", forbids=tuple(forbids), parts={"the answer": 1})
    author = {"np": np, "torch": torch}
    exec(compile(f"def case(answer):\n    return {case or f'answer({given})'}", "<checks 0>", "exec"), author)
    made.case(author["case"])
    names = {"np": np, "torch": torch, "__name__": "__main__", **more}
    exec(compile(source, "<cell>", "exec"), names)
    result = run_case(made.cases[0], "answer", names)
    assert sys.getprofile() is None and threading.getprofile() is None
    return result


def seen(*arguments, **options):
    return outcome_of(*arguments, **options).forbidden


CONVOLVE = {
    "by its name": "def answer(x): return np.convolve(x, x)",
    "by another name": "from numpy import convolve as other\ndef answer(x): return other(x, x)",
    "by getattr": "def answer(x): return getattr(np, 'conv' + 'olve')(x, x)",
    "through its module": "def answer(x): return np._core.numeric.convolve(x, x)",
    "partial": "import functools\nhalf = functools.partial(np.convolve)\ndef answer(x): return half(x, x)",
    "a default": "def answer(x, f=lambda a, b=np.convolve: b(a, a)): return f(x)",
    "a wrapper in an earlier cell": "def mine(*a): return np.convolve(*a)\ndef answer(x): return mine(x, x)",
    "a generator": "def answer(x): return list(np.convolve(v, v) for v in x)",
    "a class": """
class AnswerKey:
    f = staticmethod(np.convolve)
    def __call__(self, x): return self.f(x, x)
answer = AnswerKey()
""",
    "a decorator": "def twice(f): return lambda x: f(x, x)\nanswer = twice(np.convolve)",
    "in a thread": """
import threading
def answer(x):
    thread = threading.Thread(target=lambda: np.convolve(x, x))
    thread.start()
    thread.join()
""",
    "handed to a thread": """
import threading
def answer(x):
    thread = threading.Thread(target=np.convolve, args=(x, x))
    thread.start()
    thread.join()
""",
    "handed to a pool": """
from concurrent.futures import ThreadPoolExecutor
def answer(x):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(np.convolve, x, x).result()
""",
    "in a process": """
import os
def answer(x):
    if (child := os.fork()) == 0:
        np.convolve(x, x)
        os._exit(0)
    os.waitpid(child, 0)
""",
    "under the name of a library's file": """
import json
def answer(x):
    exec(compile("np.convolve(x, x)", json.__file__, "exec"), {"np": np, "x": x})
""",
    "before an error": "def answer(x): return np.convolve(x, x) + None",
}


@pytest.mark.parametrize("way", CONVOLVE)
def test_a_python_function_is_seen(way):
    assert seen(["numpy.convolve"], CONVOLVE[way]) == "numpy.convolve"


def test_the_answer_may_not_be_the_function_itself():
    assert seen(["numpy.convolve"], "answer = np.convolve", given=f"{ARRAY}, {ARRAY}") == "numpy.convolve"


TORCH = {
    "torch.conv2d": {
        "by its name": "def answer(x, w): return torch.conv2d(x, w)",
        "where else it is": "import torch.nn.functional as F\ndef answer(x, w): return F.conv2d(x, w)",
        "partial": "import functools\nf = functools.partial(torch.conv2d)\ndef answer(x, w): return f(x, w)",
        "map": "def answer(x, w): return list(map(torch.conv2d, [x], [w]))",
    },
    "torch.Tensor.backward": {
        "a method": "def answer(x, w):\n    x.requires_grad_()\n    (2 * x).sum().backward()\n    return x.grad",
    },
    "torch.Tensor.matmul": {
        "a method": "def answer(x, w): return x.matmul(x)",
        "a method by name": "import operator\ndef answer(x, w): return operator.methodcaller('matmul', x)(x)",
    },
    "torch.nn.LSTM": {
        "made there": "from torch.nn import LSTM as Cell\ndef answer(x, w): return Cell(3, 4)(x[0])[0]",
        "made before": "made = torch.nn.LSTM(3, 4)\ndef answer(x, w): return made(x[0])[0]",
        "a subclass": "class Mine(torch.nn.LSTM): pass\ndef answer(x, w): return Mine(3, 4)(x[0])[0]",
    },
    "torch.optim.SGD": {
        "made before": "made = torch.optim.SGD([torch.ones(1, requires_grad=True)])\ndef answer(x, w): made.step()",
    },
    "torch.nn.functional.max_pool2d": {
        "one of several with the same code": "def answer(x, w): return torch.nn.functional.max_pool2d(x, 2)",
    },
}


@pytest.mark.parametrize(("name", "way"), [(name, way) for name, ways in TORCH.items() for way in ways])
def test_torchs_functions_methods_and_classes_are_seen(name, way):
    assert seen([name], TORCH[name][way], given=IMAGE) == name


def test_a_builtin_is_seen():
    assert seen(["builtins.sum"], "def answer(x): return sum(x)") == "builtins.sum"
    assert not seen(["builtins.sum"], "def answer(x): return np.sum(x)")


ALLOWED = [
    (["numpy.convolve"], "def answer(x):\n    'Like np.convolve.'\n    # np.convolve(x, x)\n    return x", ARRAY),
    (["numpy.convolve"], "def answer(x): return np.polymul(x, x)", ARRAY),  # which calls it for its own ends
    (["numpy.convolve"], "known = {'f': np.convolve}\ndef answer(x): return known and x", ARRAY),
    (["torch.conv2d"], "def answer(x, w): return torch.nn.functional.linear(x, torch.ones(3, 3)).relu()", IMAGE),
    (["torch.nn.LSTM"], "def answer(x, w): return torch.sigmoid(x @ x) * torch.tanh(x).chunk(3, 1)[0]", IMAGE),
    (["torch.nn.Unfold"], "def answer(x, w): return x[:, :, ::2].reshape(-1).view(2, 3).sum(0).expand(4, 3)", IMAGE),
    (
        ["torch.Tensor.backward"],
        "class Value:\n    def backward(self): pass\ndef answer(x, w): Value().backward()",
        IMAGE,
    ),
    (["torch.nn.functional.max_pool2d"], "def answer(x, w): return x.amax((2, 3))", IMAGE),
    (["torch.Tensor.backward"], "def answer(x, w): return (x.requires_grad_() * w.sum()).sum().detach()", IMAGE),
    (["torch.Tensor.matmul"], "def answer(x, w): return torch.nn.functional.linear(x, torch.ones(3, 3))", IMAGE),
    (
        ["torch.optim.SGD"],
        "def answer(x, w):\n    x.requires_grad_().sum().backward()\n    torch.optim.Adam([x]).step()",
        IMAGE,
    ),
    (["torch.nn.functional.softmax"], "def answer(x, w): return x.exp() / x.exp().sum()", IMAGE),
]


@pytest.mark.parametrize(("forbids", "source", "given"), ALLOWED)
def test_what_is_not_forbidden_is_let_alone(forbids, source, given):
    result = outcome_of(forbids, source, given)
    assert result.kind == outcome.RETURNED and not result.forbidden


@pytest.mark.parametrize(
    ("forbids", "case"),
    [
        ("numpy.convolve", "answer(np.convolve([1.0], [2.0]))"),
        ("torch.conv2d", f"answer(torch.nn.functional.conv2d({IMAGE}))"),
        ("torch.Tensor.backward", "(answer(torch.ones(2, requires_grad=True)) * 2).sum().backward()"),
        ("torch.nn.functional.max_pool2d", "[torch.max_pool2d(answer(x), 1) for x in torch.ones(2, 1, 3, 3)][0]"),
    ],
)
def test_a_case_may_call_the_function_itself(forbids, case):
    assert not seen([forbids], "def answer(x): return x", case=case)
    assert seen(
        ["torch.conv2d"],
        "def answer(x): return torch.conv2d(x, x)",
        case="torch.vmap(answer)(torch.ones(1, 1, 1, 2, 2))",
    )


def test_what_the_answer_has_a_function_of_the_case_do_is_the_cases():
    case = "answer(lambda x: torch.conv2d(x, x))"
    assert not seen(["torch.conv2d"], "def answer(f): return f(torch.ones(1, 1, 2, 2)) + 1", case=case)


EVASIONS = {
    "sys.setprofile": [
        "import sys\ndef answer(x):\n    sys.setprofile(None)\n    return x",
        "import sys\ndef answer(x):\n    hook = sys.getprofile()\n    sys.setprofile(None)\n    sys.setprofile(hook)",
    ],
    "sys.settrace": ["import sys\ndef answer(x): sys.settrace(lambda *a: np.convolve(x, x) and None)"],
    "_thread.start_new_thread": ["import _thread\ndef answer(x): _thread.start_new_thread(int, ())"],
    "torch._C._autograd._disable_profiler_legacy": [
        "import torch\ndef answer(x): torch._C._autograd._disable_profiler_legacy()",
    ],
    "subprocess.run": ["import subprocess, sys\ndef answer(x): subprocess.run([sys.executable, '-c', ''])"],
    "ctypes.CDLL": ["import ctypes\ndef answer(x): ctypes.pythonapi.PyEval_SetProfile(None, None)"],
}


@pytest.mark.parametrize(("name", "source"), [(name, s) for name, sources in EVASIONS.items() for s in sources])
def test_stopping_us_from_seeing_is_seen(name, source):
    assert seen(["numpy.convolve"], source) == name


def test_code_compiled_by_torch_may_call_nothing_that_is_seen():
    source = "f = torch.compile(lambda x: x * 2, backend='eager')\ndef answer(x): return f(torch.ones(2))"
    assert seen(["torch.conv2d"], source) == "torch.compile" and not seen(["numpy.convolve"], source)


def test_a_profiler_of_ones_own_is_an_error_and_no_way_out():
    source = "def answer(x):\n    with torch.profiler.profile():\n        return torch.conv2d(x, x)"
    result = outcome_of(["torch.conv2d"], source, given="torch.ones(1, 1, 2, 2)")
    assert result.kind == outcome.RAISED and "Profiler" in result.error.message


def test_recursion_without_end_is_no_evasion():
    result = outcome_of(["numpy.convolve"], "def answer(x): return answer(x)")
    assert result.error.type_name == "RecursionError" and not result.forbidden


REPLACED = {
    "numpy.convolve": "kept = np.convolve\nnp.convolve = lambda *a: 0\ndef answer(x): return kept(x, x)",
    "torch.nn.LSTM": "kept = torch.nn.LSTM\ntorch.nn.LSTM = lambda *a: 0\ndef answer(x): return kept(1, 1)",
    "torch.nn.utils.clip_grad_norm_": """
kept = torch.nn.utils.clip_grad_norm_
torch.nn.utils.clip_grad_norm_ = lambda *a: 0
def answer(x): return kept([torch.ones(1)], 1.0)
""",
    "torch.conv2d": """
kept = torch.conv2d
torch.conv2d = lambda *a: 0
def answer(x): return kept(torch.ones(1, 1, 1, 1), torch.ones(1, 1, 1, 1))
""",
}


@pytest.mark.parametrize("name", REPLACED)
def test_what_a_cell_replaced_before_the_first_check_is_seen(name, monkeypatch):
    forbidden.target.cache_clear()
    forbidden._looked_for.cache_clear()
    home, last = sys.modules[name.rpartition(".")[0]], name.rpartition(".")[2]
    monkeypatch.setattr(home, last, getattr(home, last))
    try:
        assert seen([name], REPLACED[name])
    finally:
        forbidden.target.cache_clear()
        forbidden._looked_for.cache_clear()


def test_who_forbids_nothing_pays_nothing(monkeypatch):
    monkeypatch.setattr(forbidden, "Watch", None)
    assert outcome_of([], CONVOLVE["by its name"]).kind == outcome.RETURNED


def exercise(**options):
    made = Exercise("answer", points=2, forbids=("numpy.convolve",), parts={"one": 1, "two": 1}, **options)

    def first(answer):
        return answer(np.array([1.0, 2.0]))

    def second(answer):
        return answer(np.array([3.0]))

    made.case(first)
    made.case(second, part="two")
    return made


def judged(made, answer):
    expected = work_out(
        made,
        made.cases,
        {
            "answer": lambda x: [
                sum(x[i] * x[n - i] for i in range(len(x)) if 0 <= n - i < len(x)) for n in range(2 * len(x) - 1)
            ]
        },
    )
    return verdicts.judge(made, made.cases, run_cases(made.cases, "answer", {"answer": answer}), expected)


def test_a_right_result_by_a_forbidden_function_is_failed_without_points():
    result = judged(exercise(instead="Slide one over the other."), lambda x: np.convolve(x, x))
    assert (result.verdict, result.points, result.mistake) == ("FAILED", 0, "forbidden")
    assert (
        result.message
        == "Your code calls `numpy.convolve`, which this exercise doesn't allow. Slide one over the other."
    )
    assert [part.points for part in result.parts] == [0, 0]


def test_without_a_word_of_the_author_the_message_says_what_the_exercise_is_about():
    assert "Write `answer` yourself" in judged(exercise(), lambda x: np.convolve(x, x)).message


def test_used_in_one_case_only_it_costs_all_points():
    result = judged(exercise(), lambda x: np.convolve(x, x) if len(x) == 1 else np.array([1.0, 4.0, 4.0]))
    assert (result.verdict, result.points) == ("FAILED", 0)


def test_a_reference_that_calls_it_stops_the_build():
    made = exercise()
    with pytest.raises(AuthoringError, match=r"calls numpy\.convolve, which the exercise forbids"):
        work_out(made, made.cases, {"answer": lambda x: np.convolve(x, x)})


HIDDEN = ["numpy.no_such_function", "nowhere.at_all", "numpy.pi", "collections.deque", "numpy.maximum", "numpy.dot"]


@pytest.mark.parametrize("name", HIDDEN)
def test_what_cannot_be_watched_cannot_be_forbidden(name):
    with pytest.raises(forbidden.Unknown):
        forbidden.target(name)


def test_what_this_version_of_a_package_lacks_is_left_out():
    assert not seen(["numpy.no_such_function"], "def answer(x): return x")


def test_what_was_called_travels_with_the_outcome():
    node, buffers = outcome_to_frame(outcome.Outcome(outcome.RETURNED, 1, forbidden="numpy.convolve"))
    assert outcome_from_frame(node, buffers).forbidden == "numpy.convolve"


def named(*sources, forbids=("torch.nn.LSTM", "builtins.sum")):
    cells = [CodeCell("", source) for source in sources]
    return forbidden_text.named(cells, Exercise("answer", forbids=forbids))


ANSWER = "def answer(x):\n    return helper(x) if x is None else sum(x)"
NAMING = [
    ["import torch\ndef answer(x): return torch.nn.LSTM(1, 1)"],
    ["import torch.nn as nn", "def answer(x): return nn.LSTM(1, 1)"],
    ["from torch.nn import LSTM as Cell", "def helper(x): return Cell(1, 1)", "def answer(x): return helper(x)"],
    ["from torch import nn", "Cell = nn.LSTM", "def answer(x): return Cell(1, 1)"],
    ["def answer(x):\n    from torch.nn import LSTM\n    return LSTM(1, 1)"],
    ["%matplotlib inline\nimport torch.nn as nn\nclass Mine(nn.LSTM): pass", "def answer(x): return Mine(1, 1)"],
    ["def answer(x): return sum(x)"],
]


@pytest.mark.parametrize("sources", NAMING)
def test_the_text_of_an_answer_is_read_too(sources):
    assert named(*sources)


def test_what_is_named_is_said_with_the_definition_where_it_stands():
    cells = [CodeCell("", "from torch import nn\ndef helper(x): return nn.LSTM(1, 1)"), CodeCell("", ANSWER)]
    said = "NAMED: `answer` names `torch.nn.LSTM` in `helper` and `builtins.sum`, which the exercise forbids; "
    both = Exercise("answer", forbids=("torch.nn.LSTM", "builtins.sum"))
    assert forbidden_text.note(cells, both) == said + "they were not seen to be called."
    assert not forbidden_text.note(cells[1:], Exercise("answer", forbids=("numpy.dot",)))


NOT_NAMING = [
    ["def answer(x):\n    '''torch.nn.LSTM'''\n    return x  # torch.nn.LSTM"],
    ["import torch.nn as nn", "def other(x): return nn.LSTM(1, 1)", "def answer(x): return x"],
    ["import torch.nn as nn", "def answer(x): return nn.LSTM(1, 1)", "def answer(x): return x"],
    ["def answer(x, sum): return sum + x"],
    ["def answer(x):\n    sum = 0\n    for v in x:\n        sum = sum + v\n    return sum"],
    ["def answer(x) return sum(x)"],
]


@pytest.mark.parametrize("sources", NOT_NAMING)
def test_a_text_that_only_mentions_it_is_let_alone(sources):
    assert not named(*sources)


def test_a_thread_left_by_an_earlier_case_is_seen_in_a_later_one():
    source = """
import queue, threading
asked, answered = queue.SimpleQueue(), queue.SimpleQueue()
def work():
    while (x := asked.get()) is not None:
        answered.put(np.convolve(x, x) if len(x) > 1 else x)
def answer(x):
    if len(x) == 1:
        threading.Thread(target=work).start()
    asked.put(x)
    return answered.get()
"""
    names = {"np": np}
    exec(compile(source, "<cell>", "exec"), names)
    made = Exercise("answer", forbids=("numpy.convolve",), parts={"the answer": 1})
    made.case(lambda answer: answer(np.array([1.0])))
    first, second = made.cases[0], Exercise("answer", forbids=("numpy.convolve",), parts={"the answer": 1})
    second.case(lambda answer: answer(np.array([1.0, 2.0])))
    try:
        assert not run_case(first, "answer", names).forbidden
        assert run_case(second.cases[0], "answer", names).forbidden == "numpy.convolve"
    finally:
        names["asked"].put(None)


@pytest.mark.parametrize("way", ["torch.conv2d(x, x)", "start(lambda: torch.conv2d(x, x))", "x + 1"])
def test_where_the_checks_know_nothing_of_torch_all_that_it_does_is_the_learners(way):
    author = {"ones": np.ones}
    exec(compile("def case(answer):\n    return [answer(ones(3)), len(ones(2))]", "<checks 0>", "exec"), author)
    made = Exercise("answer", forbids=("torch.conv2d",), parts={"the answer": 1})
    made.case(author["case"])

    def start(work):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    names = {"torch": torch, "start": start}
    exec(f"def answer(given):\n    x = torch.ones(1, 1, 2, 2)\n    {way}\n    return given", names)
    assert run_case(made.cases[0], "answer", names).forbidden == ("torch.conv2d" if "conv" in way else "")
