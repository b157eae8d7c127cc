"""Classes, modules of torch, a training run, a generator and files as answers: proof, stub, grading, check."""

import ast
import json
import shutil

import nbformat
import numpy as np
import pytest
import tiny
import torch
import torch_course

from autograder.authoring.exercise import AuthoringError
from autograder.lesson import held_out
from autograder.lesson.build import open_lesson
from autograder.lesson.release import release
from autograder.proof.prove import prove_lesson
from autograder.runner.client import Runner
from autograder.runner.job import CodeCell
from autograder.submission import grade
from autograder.submission.reading import Submission, read


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    made = torch_course.course(tmp_path_factory.mktemp("torch"))
    release(made / "solutions" / "02_trial", made / "lessons")
    return made


@pytest.fixture(scope="module")
def lesson(root):
    return open_lesson(root / "solutions" / "02_trial")


@pytest.fixture(scope="module")
def marks(root):
    return grade.marking(root / "solutions" / "02_trial", held_out=True)


@pytest.fixture(scope="module")
def runner():
    with Runner(("numpy", "torch")) as made:
        yield made


@pytest.fixture
def graded(lesson, marks, runner, root):
    """Grades the solved lesson with some cells changed: results by name."""

    def run(**changed):
        cells = [c for c in lesson.source.cells if c.kind == "code" and "demo" not in c.tags]
        code = tuple(CodeCell(c.exercise, changed.get(c.exercise, c.source)) for c in cells)
        submission = Submission(root / "x.ipynb", lesson.name, code, {})
        return {result.name: result for result in grade.grade(submission, marks, runner).results}

    return run


def test_the_proof_holds(root):
    proof = prove_lesson(root / "solutions" / "02_trial")
    assert proof.problems == []
    assert {exercise.name: exercise.killed >= 2 for exercise in proof.exercises} == dict.fromkeys(
        ["MLP", "Table", "batches", "train", "save_checkpoint", "load_checkpoint"], True
    )


def test_the_solved_lesson_gets_full_points_in_the_sandbox(graded):
    results = graded()
    assert {name: result.verdict for name, result in results.items()} == dict.fromkeys(results, "PASSED")
    assert sum(result.points for result in results.values()) == 11


def test_the_untouched_lesson_is_not_attempted(root, marks, runner):
    untouched = read(root / "lessons" / "02_trial" / "trial.ipynb", root / "solutions")
    results = grade.grade(untouched, marks, runner).results
    assert {result.name: (result.verdict, result.points) for result in results} == {
        result.name: ("NOT_ATTEMPTED", 0) for result in results
    }


def test_each_method_of_a_class_gets_its_own_placeholder(root):
    notebook = nbformat.read(root / "lessons" / "02_trial" / "trial.ipynb", 4)
    cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "MLP")
    methods = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.FunctionDef)]
    assert [method.name for method in methods] == ["__init__", "forward"]
    assert cell.source.count("raise NotImplementedError()") == 2
    assert "super" not in cell.source and "self.last" not in cell.source
    assert "x (n, n_in) → (n, n_out)" in cell.source


HALF = """class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.first, self.last = Perceptron(sizes[0], sizes[1]), nn.Linear(sizes[1], sizes[2])

    def forward(self, x):
        raise NotImplementedError()
"""


def test_a_class_with_one_method_left_is_not_finished(graded):
    result = graded(MLP=HALF)["MLP"]
    assert (result.verdict, result.points) == ("NOT_ATTEMPTED", 0)
    assert result.message.startswith("`MLP` isn't finished yet: replace the placeholder left in its cell")


def test_a_class_whose_written_part_is_wrong_is_told_so(graded):
    result = graded(MLP=HALF.replace("(nn.Module)", "").replace("super().__init__()", "pass"))["MLP"]
    assert result.verdict != "NOT_ATTEMPTED" and result.points == 0


def test_a_part_that_is_right_counts_though_another_method_is_left(graded):
    source = "class Table:\n    def __init__(self, rows, labels):\n        self.rows, self.labels = rows, labels\n\n"
    source += "    def __len__(self):\n        return len(self.rows)\n\n"
    source += "    def __getitem__(self, index):\n        raise NotImplementedError()\n"
    result = graded(Table=source)["Table"]
    assert result.verdict != "NOT_ATTEMPTED"
    assert result.points == 1


def test_super_forgotten_and_a_plain_list_of_layers_are_named(graded):
    without = (
        "class MLP(nn.Module):\n    def __init__(self, sizes):\n        self.first = nn.Linear(sizes[0], sizes[1])\n"
    )
    assert graded(MLP=without)["MLP"].mistake == "no-super"
    listed = """class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = [nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
    def forward(self, x):
        return self.layers[1](self.layers[0](x).relu())
"""
    assert graded(MLP=listed)["MLP"].mistake == "plain-list"


def test_a_training_run_that_learns_nothing_fails_whatever_it_does_to_numpy(graded):
    lying = "def train(X, y, steps, lr):\n    np.mean = lambda *a, **k: 1.0\n    np.ndarray.mean\n"
    lying += "    return np.zeros(X.shape[1]), -1.0\n"
    result = graded(train=lying)["train"]
    assert (result.verdict, result.points) == ("FAILED", 0)
    assert "held-out accuracy" in result.message


def test_true_labels_of_held_out_cases_stay_outside_the_sandbox():
    sent = held_out.held_out_source(tiny.hidden_files(torch_course.SECOND_HIDDEN)["train.py"])
    assert "def another_plane(train)" in sent
    assert "SECRET_X" in sent and "SECRET_LABELS" not in sent
    assert "labels_right(" not in sent


def test_a_checkpoint_written_beside_the_notebook_is_fine_too(graded):
    saving = """def save_checkpoint(path, model, epoch):
    torch.save(model.state_dict(), "kept.pt")
    torch.save({"model": torch.load("kept.pt"), "epoch": epoch}, path)
"""
    assert graded(save_checkpoint=saving)["save_checkpoint"].verdict == "PASSED"


def test_the_library_brings_the_imports_that_its_classes_need(root):
    text = (root / "lessons" / "02_trial" / "nn.py").read_text(encoding="utf-8")
    assert text.count("import") == 3
    assert "import numpy as np\nfrom torch import nn\nfrom torch.nn import functional as F\n" in text


def test_nn_of_torch_and_our_own_nn_live_in_one_notebook(root, tmp_path, monkeypatch):
    """In a real kernel: the solved notebook, whose cells need both, with its checks, classes and bars."""
    from nbclient import NotebookClient

    from autograder.lesson.notebooks import CHECK_SUFFIX, solution_notebook

    shutil.copytree(root, tmp_path / "course")
    for name in ("IPYTHONDIR", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    folder = tmp_path / "course" / "lessons" / "02_trial"
    notebook = solution_notebook(open_lesson(root / "solutions" / "02_trial"))
    for source in ('solution("MLP", sure=True)', 'reset("MLP")', "import nn as ours\n(ours.__file__, nn.__name__)"):
        notebook.cells.append(nbformat.v4.new_code_cell(source))
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}}).execute()
    verdicts = [
        "data-verdict='PASSED'" in "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade_id", "").endswith(CHECK_SUFFIX)
    ]
    assert verdicts == [True] * 6
    shown, put_back, last = (cell.outputs[0] for cell in notebook.cells[-3:])
    assert shown["text"].startswith("class MLP(nn.Module):") and "super().__init__()" in shown["text"]
    assert "This cell now holds MLP as it was handed out" in put_back["text"]
    both = last["data"]["text/plain"]
    assert "02_trial/nn.py" in both.replace("\\\\", "/") and "'torch.nn'" in both


def test_gradients_and_tensors_that_require_one_are_compared_within_what_float32_can_hold(lesson):
    case = {case.name: case for case in lesson.exercises["MLP"].cases}
    expected = lesson.visible_answers()["MLP"].expected
    for name in ("its_answers", "its_gradients"):
        value = expected[name]
        tensors = value if isinstance(value, list) else [value]
        assert all(tensor.array.dtype == np.float32 for tensor in tensors)
        nearly = [type(t)(t.array * np.float32(1 + 2e-6)) for t in tensors]
        off = [type(t)(t.array * np.float32(1.01)) for t in tensors]
        assert case[name].compare(nearly if isinstance(value, list) else nearly[0], value) is None
        assert case[name].compare(off if isinstance(value, list) else off[0], value) is not None


# --- the library's own faults --------------------------------------------------------------------------------------


def test_an_export_that_uses_what_is_not_exported_is_refused(tmp_path):
    helper = torch_course.FIRST.replace("F.relu(self.layer(x))", "bend(self.layer(x))")
    helper += "\n```python\ndef bend(x):\n    return F.relu(x)\n```\n"
    root = torch_course.course(tmp_path)
    (root / "solutions" / "01_base" / "base.md").write_text(helper, encoding="utf-8")
    with pytest.raises(AuthoringError, match="01_base exports code that uses 'bend', which it doesn't export"):
        open_lesson(root / "solutions" / "02_trial")


def test_a_solution_block_that_is_a_classs_whole_body_leaves_a_class_without_anything(tmp_path):
    whole = torch_course.SECOND.replace(
        """    def __init__(self, rows, labels):
        self.rows, self.labels = rows, labels

    def __len__(self):
        ### BEGIN SOLUTION
        return len(self.rows)
        ### END SOLUTION

    def __getitem__(self, index):
        ### BEGIN SOLUTION
        return self.rows[index], self.labels[index]
        ### END SOLUTION""",
        """    ### BEGIN SOLUTION
    def __init__(self, rows, labels):
        self.rows, self.labels = rows, labels

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index], self.labels[index]
    ### END SOLUTION""",
    )
    assert whole != torch_course.SECOND
    root = torch_course.course(tmp_path, source=whole)
    release(root / "solutions" / "02_trial", root / "lessons")
    notebook = json.loads((root / "lessons" / "02_trial" / "trial.ipynb").read_text(encoding="utf-8"))
    cell = next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == "Table")
    assert "".join(cell["source"]).endswith("    pass  # replace this line with your code")
    marks = grade.marking(root / "solutions" / "02_trial", held_out=True)
    with Runner(("numpy", "torch")) as runner:
        untouched = read(root / "lessons" / "02_trial" / "trial.ipynb", root / "solutions")
        results = {result.name: result for result in grade.grade(untouched, marks, runner).results}
    assert results["Table"].verdict == "NOT_ATTEMPTED"


def test_a_forked_run_of_torch_does_not_wait_for_threads_that_were_not_copied():
    """Large enough for torch to use several threads, first here and then in the fork."""
    from autograder.core.outcome import RETURNED, Outcome
    from autograder.proof.forked import Task, each

    def work():
        x = torch.linspace(-1, 1, 1_000_000).reshape(1000, 1000)
        return {"sum": Outcome(RETURNED, value=float((x @ x).exp().sum().isfinite()))}

    work()
    (came,) = each([Task(work)], lambda: True)
    assert came["sum"].value == 1.0


# --- random numbers ------------------------------------------------------------------------------------------------


def test_a_case_draws_the_same_from_the_libraries_each_time_and_leaves_their_state_alone(lesson):
    from autograder.cases.run import run_case

    drawing = {"MLP": lambda sizes: torch.nn.Linear(sizes[0], sizes[2])}
    case = next(case for case in lesson.exercises["MLP"].cases if case.name == "its_answers")
    torch.manual_seed(5)
    np.random.seed(5)
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    first, again = (run_case(case, "MLP", drawing) for _ in range(2))
    assert np.array_equal(first.value.array, again.value.array)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert np.array_equal(np.random.get_state()[1], before[1])
    torch.manual_seed(6)
    assert np.array_equal(run_case(case, "MLP", drawing).value.array, first.value.array)


def test_a_reference_that_depends_on_a_seed_is_still_found_out(tmp_path, monkeypatch):
    monkeypatch.setattr("autograder.proof.prove.mutants", lambda source: [])
    random = torch_course.SECOND.replace(
        "return self.last(self.first(x))", "return self.last(self.first(x)) + torch.rand(1)"
    )
    proof = prove_lesson(torch_course.course(tmp_path, source=random) / "solutions" / "02_trial")
    assert any("is there a random number?" in problem for problem in proof.problems)
