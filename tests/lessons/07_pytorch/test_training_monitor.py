"""The training monitor: its numbers against a plain torch run, its controls, and what wrong functions do to it."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn
from widgets_07_pytorch.figure import PRESETS, TrainingMonitor, plan_of
from widgets_07_pytorch.training_run import (
    BATCH,
    PER_TICK,
    SIZES,
    TRAINED_ON,
    Plan,
    Runs,
    Settings,
    chunk,
    pixels_and_labels,
)

from course.figures.functions import Functions
from course.figures.reference import borrowed
from course.figures.session import Session
from course.figures.static import draw, png

REFERENCE = borrowed(TrainingMonitor())
MLP, train_epoch = REFERENCE["MLP"], REFERENCE["train_epoch"]
BOTH = pytest.mark.parametrize("reference", [REFERENCE, {}], ids=["borrowed", "without solutions"])
TICK = {"type": "tick"}
GOOD = Settings(lr=0.3, dropout=0.0, forget=False, stay=False)


def session(namespace=None, reference=None, **state):
    return Session(TrainingMonitor(), namespace if namespace is not None else {}, reference, **state)


def set_(name, value):
    return {"type": "set", "name": name, "value": value}


def rows(run):
    return run.figure.compute(run.state, run.functions)["rows"]


def train(run, ticks):
    for _ in range(ticks):
        run.handle([TICK])
    return rows(run)


def run_of(namespace=None, ticks=3, settings=GOOD, reference=REFERENCE, **how):
    plan = Plan(**({"seed": 0, "init": 1.0, "batch_norm": False} | how), spans=((settings, ticks),))
    return Runs().rows(plan, Functions(TrainingMonitor.uses, namespace or {}, reference))


def panel(run, name):
    return next(panel for panel in run.frame.panels if panel.id == name)


def control(run, name):
    return next(control for control, _ in run.frame.controls if control.name == name)


def words(run):
    return [layer.text for layer in panel(run, "loss").layers if type(layer).__name__ == "Text"]


# --- the numbers ------------------------------------------------------------------------------------------


@BOTH
def test_ticks_are_one_plain_torch_run_cut_into_pieces(reference):
    X, y = pixels_and_labels()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(
            *(part for n_in, n_out in pairwise(SIZES[:-1]) for part in (nn.Linear(n_in, n_out), nn.ReLU())),
            nn.Linear(*SIZES[-2:]),
        )
    optimiser = torch.optim.SGD(model.parameters(), lr=0.3)
    measured = run_of(ticks=7, reference=reference)  # the sixth begins the second epoch
    for tick, row in enumerate(measured):
        images, total = chunk(0, tick * PER_TICK), 0.0
        for first in range(0, len(images), BATCH):
            batch, labels = images[list(range(first, min(first + BATCH, len(images))))]
            before = [layer.weight.detach().clone() for layer in model if isinstance(layer, nn.Linear)]
            optimiser.zero_grad()
            loss = nn.functional.cross_entropy(model(batch), labels)
            loss.backward()
            optimiser.step()
            total += loss.item() * len(labels)
        layers = [layer for layer in model if isinstance(layer, nn.Linear)]
        assert row.loss == pytest.approx(total / len(images), rel=1e-5)
        assert row.norms == pytest.approx([layer.weight.grad.norm().item() for layer in layers], rel=1e-4)
        changes = [(layer.weight - old).norm() / old.norm() for layer, old in zip(layers, before, strict=True)]
        assert row.ratios == pytest.approx([change.item() for change in changes], rel=1e-3)
        held_out = (model(X[TRAINED_ON:]).argmax(dim=1) == y[TRAINED_ON:]).float().mean().item()
        assert row.held_out == pytest.approx(held_out)
        assert (row.steps, row.unclean) == (PER_TICK, False)


def test_an_epoch_shows_every_image_once():
    X, _ = pixels_and_labels()
    seen = torch.cat([chunk(3, first).X for first in range(0, 45, PER_TICK)])
    assert seen.shape == (TRAINED_ON, 64)
    assert torch.equal(torch.unique(seen, dim=0), torch.unique(X[:TRAINED_ON], dim=0))
    assert not torch.equal(chunk(3, 0).X, chunk(3, 45).X)


def test_the_initial_scale_multiplies_every_weight():
    def measures(seen):
        class Seen(MLP):
            pass

        def train_epoch(model, loader, optimiser, loss_fn):
            seen.append([layer.weight.norm().item() for layer in model.modules() if isinstance(layer, nn.Linear)])
            return 1.0

        return {"MLP": Seen, "train_epoch": train_epoch}

    plain, small = [], []
    run_of(measures(plain), ticks=1), run_of(measures(small), ticks=1, init=0.1)
    np.testing.assert_allclose(small[0], 0.1 * np.array(plain[0]), rtol=1e-5)


def test_batch_norm_makes_up_for_small_weights():
    poor, better = run_of(ticks=10, init=0.01), run_of(ticks=10, init=0.01, batch_norm=True)
    assert poor[-1].norms[0] < 1e-4 < better[-1].norms[0]
    assert better[-1].loss < poor[-1].loss - 0.5


@BOTH
def test_forgetting_zero_grad_sums_up_the_gradients(reference):
    forgetful = run_of(settings=Settings(0.01, 0.0, True, False), ticks=12, reference=reference)
    clean = run_of(settings=Settings(0.01, 0.0, False, False), ticks=12, reference=reference)
    assert all(row.unclean for row in forgetful) and not any(row.unclean for row in clean)
    assert forgetful[-1].norms[0] > 20 * clean[-1].norms[0]
    assert all(late.norms[0] > early.norms[0] for early, late in pairwise(forgetful))


@BOTH
def test_in_eval_mode_nothing_is_dropped(reference):
    dropping, staying = Settings(0.3, 0.8, False, False), Settings(0.3, 0.8, False, True)
    plain, dropping, staying = (run_of(settings=one, reference=reference) for one in (GOOD, dropping, staying))
    assert [row.loss for row in staying] == [row.loss for row in plain]
    assert [row.loss for row in dropping] != [row.loss for row in plain]


@BOTH
def test_the_global_state_of_torch_is_left_as_it_was(reference):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    threads, grad = torch.get_num_threads(), torch.is_grad_enabled()
    run_of(settings=Settings(0.3, 0.5, False, False), seed=91, reference=reference)
    assert torch.equal(torch.rand(3), expected)
    assert (torch.get_num_threads(), torch.is_grad_enabled()) == (threads, grad)


def test_a_run_uses_one_thread_and_may_be_made_where_gradients_are_off():
    threads = []

    def counts(model, loader, optimiser, loss_fn):
        threads.append(torch.get_num_threads())
        return train_epoch(model, loader, optimiser, loss_fn)

    with torch.no_grad():
        run_of({"train_epoch": counts})
    assert set(threads) == {1}


# --- the figure -------------------------------------------------------------------------------------------


def test_the_first_frame_shows_the_vanishing_run_beside_the_healthy_one():
    run = session()
    assert run.frame.say.startswith("Vanishing, step 270: loss 2.3")
    assert run.frame.say.endswith("times less gradient than the last: it vanishes on the way back.")
    assert run.frame.strip == []
    grey = next(layer for layer in panel(run, "loss").layers if getattr(layer, "series", 0) == -1)
    assert grey.xy[-1][0] == 270 and grey.xy[-1][1] < 0.5
    assert rows(run)[-1].norms[0] < 1e-4 < rows(run)[-1].norms[-1]


def test_every_tick_adds_nine_steps_until_paused():
    run = session(ticks=2)
    run.handle([{"type": "press", "name": "playing"}, TICK, TICK])
    assert "step 36:" in run.frame.say
    run.handle([{"type": "press", "name": "playing"}])
    assert not run.frame.playing
    assert "step 36:" in run.handle([]).say


def test_undo_and_copied_lines_lead_to_the_very_same_numbers():
    run = session(preset="healthy", ticks=4)
    before = run.frame.say
    run.handle([set_("lr", 0.05)])
    train(run, 3)
    run.handle([set_("dropout", 0.5), set_("forget", True)])
    train(run, 2)
    after, code = run.frame.say, run.frame.code
    again = session(**eval(code.replace("widgets.training_monitor", "dict")))
    assert again.frame.say == after
    fresh = Runs().rows(plan_of(run.state), run.functions)
    assert fresh == rows(run)
    while run.frame.can_undo:
        run.handle([{"type": "undo"}])
    assert run.frame.say == before


def test_a_setting_changed_on_the_way_is_flagged_and_leaves_the_past_alone():
    run = session(preset="healthy", ticks=10)
    past = rows(run)
    run.handle([set_("lr", 1.0) | {"gesture": 1}, set_("lr", 3.0) | {"gesture": 1}])
    assert train(run, 3)[:10] == past
    assert words(run)[0] == "lr 3"
    run.handle([set_("forget", True), TICK, set_("stay", True), TICK])
    assert "eval" in words(run) and "zero_grad forgotten" in words(run)
    assert run.state["earlier"][0] == [10, {"lr": 0.3, "dropout": 0.0, "forget": False, "stay": False}]


@pytest.mark.parametrize(("name", "value"), [("init", 2.0), ("batch_norm", True), ("preset", "drowned")])
def test_what_holds_from_the_start_begins_anew(name, value):
    run = session(ticks=5)
    run.handle([set_(name, value)])
    assert run.frame.say.endswith("not trained yet.") and run.frame.playing
    assert len(train(run, 2)) == 2


def test_start_again_draws_new_weights():
    run = session(preset="healthy", ticks=2)
    first = rows(run)
    run.handle([{"type": "press", "name": "again"}])
    assert train(run, 2) != first


def test_the_cursor_shows_the_numbers_of_its_step():
    run = session(preset="healthy", ticks=8)
    row = rows(run)[2]
    for event in (set_("cursor", 27), {"type": "drag", "thing": "cursor norms", "x": 28.0, "y": 1.0}):
        run.handle([set_("cursor", 72)])
        assert "step 72:" in run.frame.say
        run.handle([event])
        assert "step 27:" in run.frame.say
        assert panel(run, "now").title == "At step 27"
        assert panel(run, "now").rows[0][1] == f"{row.loss:.2f}"
        assert panel(run, "loss").things[0].x == 27
    run.handle([{"type": "nudge", "thing": "cursor loss", "dx": -1, "dy": 0}])
    assert "step 18:" in run.frame.say
    run.handle([TICK])
    assert "step 81:" in run.frame.say, "training shows the newest again"


def test_a_run_that_diverges_stops_and_says_so():
    run = session(preset="exploding", ticks=0)
    run.handle([{"type": "press", "name": "playing"}, TICK, TICK, TICK])
    assert run.frame.say.endswith("The loss has left all bounds: the run diverged.")
    assert "diverged" in words(run)
    assert not run.frame.playing
    assert run.state["ticks"] == len(rows(run)) == 1
    assert png(draw(run.frame.panels)).startswith(b"\x89PNG")


RESCUES = {
    "vanishing": [set_("init", 1.0)],
    "exploding": [set_("init", 1.0)],
    "forgetful": [set_("forget", False), set_("lr", 0.3), {"type": "press", "name": "again"}],
    "asleep": [set_("stay", False)],
    "drowned": [set_("dropout", 0.0), set_("lr", 0.3)],
}


@pytest.mark.parametrize("preset", RESCUES)
def test_each_sick_run_stays_sick_and_can_be_rescued_in_two_changes(preset):
    run = session(preset=preset, ticks=25)
    assert run.frame.goal.progress < 1
    assert "0 changed" in run.frame.goal.text
    run.handle(RESCUES[preset])
    for _ in range(60):
        if run.frame.goal.progress == 1:
            break
        run.handle([TICK])
    assert run.frame.goal.text.startswith("Rescued")
    run.handle([set_("dropout", 0.3), set_("stay", preset != "asleep"), set_("lr", 0.2), set_("batch_norm", True)])
    assert "You changed" in run.frame.goal.text


def test_every_preset_has_a_sentence():
    assert set(PRESETS) == {"healthy", *RESCUES}
    assert all(told.endswith(".") for _, told in PRESETS.values())
    assert session(preset="healthy", ticks=1).frame.goal.text.startswith("Nothing is wrong here.")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"lr": 100}, "lr must lie between"),
        ({"preset": "tired"}, "preset must be one of"),
        ({"ticks": -1}, "ticks must be a whole number"),
        ({"seed": 0.5}, "seed must be a whole number"),
        ({"earlier": [[9, {"lr": 1}]]}, "earlier must list"),
        ({"ticks": 2, "earlier": [[5, {"lr": 1, "dropout": 0, "forget": False, "stay": False}]]}, "earlier must list"),
    ],
)
def test_settings_that_don_t_fit_are_refused_clearly(given, message):
    with pytest.raises(ValueError, match=message):
        session(**given)


# --- the learner's code -----------------------------------------------------------------------------------


class Theirs(nn.Module):
    """Another right MLP: a ModuleList, and no dropout module where nothing is dropped."""

    def __init__(self, sizes, activation, dropout):
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.activation = activation()
        self.dropout = nn.Dropout(dropout) if dropout else None

    def forward(self, X):
        for linear in self.linears[:-1]:
            X = self.activation(linear(X))
            X = X if self.dropout is None else self.dropout(X)
        return self.linears[-1](X)


def zeroing_after(model, loader, optimiser, loss_fn):
    """Another right way: gradients are cleared after each step, through the model."""
    model.train()
    total = 0.0
    for X, y in loader:
        loss = loss_fn(model(X), y)
        loss.backward()
        optimiser.step()
        model.zero_grad()
        total += loss.item() * X.shape[0]
    return total / len(loader.dataset)


def test_other_right_ways_give_the_same_run():
    ours = run_of(ticks=4)
    theirs = run_of({"MLP": Theirs, "train_epoch": zeroing_after}, ticks=4)
    for one, other in zip(ours, theirs, strict=True):
        assert one.loss == pytest.approx(other.loss, rel=1e-5)
        assert one.norms == pytest.approx(other.norms, rel=1e-3)
        assert not other.unclean
    assert all(row.unclean for row in run_of({"train_epoch": zeroing_after}, settings=Settings(0.1, 0, True, False)))


class LastFirst(Theirs):
    """A right MLP whose layers are registered in another order, the last with parameters of its own."""

    def __init__(self, sizes, activation, dropout):
        nn.Module.__init__(self)
        self.last = nn.Parameter(0.1 * torch.randn(sizes[-2], sizes[-1]))
        self.linears = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes[:-1]))
        self.activation, self.dropout = activation(), nn.Dropout(dropout)

    def forward(self, X):
        for linear in self.linears:
            X = self.dropout(self.activation(linear(X)))
        return X @ self.last


@pytest.mark.parametrize("batch_norm", [False, True])
def test_layers_are_told_apart_by_their_place_not_by_the_order_they_were_made_in(batch_norm):
    run = session({"MLP": LastFirst}, preset="vanishing", batch_norm=batch_norm, ticks=4)
    assert run.frame.strip == []
    norms = rows(run)[-1].norms
    assert (norms[0] < norms[-1] / 1000) is not batch_norm


def test_batch_norm_without_linear_layers_is_refused_in_a_sentence():
    class Own(nn.Module):
        def __init__(self, sizes, activation, dropout):
            super().__init__()
            self.all = nn.ParameterList(nn.Parameter(0.1 * torch.randn(a, b)) for a, b in pairwise(sizes))

        def forward(self, X):
            for matrix in self.all[:-1]:
                X = (X @ matrix).relu()
            return X @ self.all[-1]

    run = session({"MLP": Own}, ticks=2)
    assert run.frame.strip == []
    assert "Batch norm needs" in run.handle([set_("batch_norm", True)]).strip[0]


def test_batch_norm_finds_its_place_in_the_learners_module():
    run = session({"MLP": Theirs}, preset="healthy", batch_norm=True, dropout=0.3, ticks=3)
    assert run.frame.strip == []
    assert "your MLP · our train_epoch" in run.frame.badge


def test_the_figure_follows_the_learners_code_at_once():
    namespace = {}
    run = session(namespace, preset="healthy", ticks=3)
    good = run.frame.say
    namespace["train_epoch"] = lambda model, loader, optimiser, loss_fn: 1.5
    run.handle([])
    assert "loss 1.50" in run.frame.say and run.frame.say != good
    assert "Your train_epoch never called optimiser.step, so no weight moved." in run.frame.strip
    del namespace["train_epoch"]
    assert run.handle([]).say == good


def test_a_loss_that_is_not_averaged_shows_in_the_chart_and_is_said():
    def summed(model, loader, optimiser, loss_fn):
        return len(loader) * train_epoch(model, loader, optimiser, loss_fn)

    right, wrong = session(ticks=3), session({"train_epoch": summed}, ticks=3)
    assert rows(wrong)[0].loss == pytest.approx(9 * rows(right)[0].loss)
    assert wrong.frame.strip == ["Your train_epoch returned 20.78; the mean loss of its samples was 2.31."]


def test_a_mean_of_batch_means_is_noticed_where_the_last_batch_is_smaller():
    def mean_of_means(model, loader, optimiser, loss_fn):
        means = []

        def noting(logits, labels):
            loss = loss_fn(logits, labels)
            means.append(loss.item())
            return loss

        train_epoch(model, loader, optimiser, noting)
        return float(np.mean(means))

    run, noticed = session({"train_epoch": mean_of_means}, preset="healthy", lr=0.5, ticks=1), []
    for tick in range(1, 51):
        if run.frame.strip:
            assert "the mean loss of its samples was" in run.frame.strip[0]
            noticed.append(tick)
        run.handle([TICK])
    # Only the last tick of an epoch has a smaller batch. How much that changes the mean depends on the run.
    assert noticed and all(tick % 5 == 0 for tick in noticed)


def test_a_forgotten_zero_grad_of_the_learners_own_is_seen():
    def forgets(model, loader, optimiser, loss_fn):
        optimiser.zero_grad = lambda: None
        return train_epoch(model, loader, optimiser, loss_fn)

    right, wrong = session(preset="healthy", ticks=6), session({"train_epoch": forgets}, preset="healthy", ticks=6)
    assert rows(wrong)[0].norms[0] > 2 * rows(right)[0].norms[0]
    assert wrong.frame.say.endswith("each step follows the sum of them all.")
    assert words(wrong) == ["zero_grad forgotten"] and words(right) == []


def test_steps_taken_too_seldom_are_said_and_the_gradients_still_shown():
    def once(model, loader, optimiser, loss_fn):
        for X, y in loader:
            loss = loss_fn(model(X), y)
        loss.backward()
        optimiser.step()
        return loss.item()

    run = session({"train_epoch": once}, preset="healthy", ticks=2)
    assert "Steps taken by your train_epoch: 1, for 9 mini-batches. Each should have its own." in run.frame.strip
    assert min(rows(run)[-1].norms) > 0


def test_a_layer_cut_off_from_the_others_is_named():
    class Cut(Theirs):
        def forward(self, X):
            return self.linears[-1](self.activation(self.linears[1](self.linears[0](X).detach())))

    assert session({"MLP": Cut}, preset="healthy", ticks=2).frame.say.endswith("Layer 1 gets no gradient at all.")


def test_a_model_without_its_activation_learns_otherwise():
    class Straight(Theirs):
        def __init__(self, sizes, activation, dropout):
            super().__init__(sizes, nn.Identity, dropout)

    assert session({"MLP": Straight}, ticks=3).frame.say != session(ticks=3).frame.say


class PlainList(nn.Module):
    def __init__(self, sizes, activation, dropout):
        super().__init__()
        self.linears = [nn.Linear(a, b) for a, b in pairwise(sizes)]


class Unwritten(nn.Module):
    def __init__(self, sizes, activation, dropout):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("namespace", "message"),
    [
        ({"MLP": PlainList}, "Your MLP should have 4 linear layers here; torch finds 0. A plain list hides them."),
        ({"train_epoch": lambda *given: None}, "Your train_epoch returned nothing"),
        ({"evaluate": lambda model, loader: 1 / 0}, "Your evaluate stopped: ZeroDivisionError"),
        ({"train_epoch": lambda *given: torch.ones((), requires_grad=True)}, "Your train_epoch must return numbers"),
        ({"train_epoch": lambda *given: torch.ones(2)}, r"Your train_epoch returned shape (2,)"),
    ],
)
def test_what_breaks_is_said_and_the_reference_draws_the_first_picture(namespace, message):
    run = session(namespace, ticks=2)
    assert run.frame.strip[0].startswith(message)
    assert "our train_epoch" in run.frame.badge
    good = run.frame.panels
    frame = run.handle([TICK])
    assert [line.startswith(message) for line in frame.strip] == [True], (
        "what ours did in their place isn't taken for theirs"
    )
    assert frame.panels is good


def test_an_unwritten_class_is_replaced_by_the_references():
    run = session({"MLP": Unwritten}, ticks=2)
    assert run.frame.strip == []
    assert "our MLP" in run.frame.badge


def test_infinite_losses_are_drawn_at_the_edge():
    run = session({"train_epoch": lambda *given: math.nan}, ticks=3)
    assert len(rows(run)) == 1
    drawn = [layer.xy for layer in panel(run, "loss").layers if getattr(layer, "series", None) == 0]
    assert drawn[0].tolist() == [[9, 100]]
    assert png(draw(run.frame.panels)).startswith(b"\x89PNG")


# --- without solutions: the figure's own way --------------------------------------------------------------


SICK = [Settings(0.3, 0.5, False, False), Settings(0.01, 0.2, True, False), Settings(0.3, 0.0, False, True)]


@pytest.mark.parametrize("settings", SICK)
@pytest.mark.parametrize("how", [{}, {"batch_norm": True, "seed": 4}, {"init": 0.1}])
def test_without_solutions_a_run_has_the_same_numbers(settings, how):
    one, other = (run_of(settings=settings, reference=reference, ticks=7, **how) for reference in (REFERENCE, {}))
    for row, own in zip(one, other, strict=True):
        assert (own.step, own.steps, own.unclean) == (row.step, row.steps, row.unclean)
        for name in ("loss", "mean_loss", "train", "held_out", "norms", "ratios"):
            assert getattr(own, name) == pytest.approx(getattr(row, name), rel=1e-4, abs=1e-9), name


@pytest.mark.parametrize("preset", PRESETS)
def test_without_solutions_each_preset_opens_trains_and_says_whose_code_it_is(preset):
    borrowing, alone = session(preset=preset, ticks=4), session(reference={}, preset=preset, ticks=4)
    for run in (borrowing, alone):
        run.handle([TICK])
    assert alone.frame.say == borrowing.frame.say
    assert alone.frame.strip == []
    until = "MLP, train_epoch and evaluate"
    assert alone.frame.badge == f"running on: the figure's own code (until your {until} are written)"
    assert borrowing.frame.badge == "running on: our MLP · our train_epoch · our evaluate"
    assert png(draw(alone.frame.panels)).startswith(b"\x89PNG")


def unwritten(*_):
    raise NotImplementedError


def test_without_solutions_each_of_yours_takes_over_when_it_is_written():
    theirs = {"MLP": Unwritten, "train_epoch": unwritten, "evaluate": unwritten}
    run, expected = session(theirs, {}, preset="healthy", ticks=3), session(preset="healthy", ticks=3)
    assert "own code (until your MLP, train_epoch and evaluate are written)" in run.frame.badge
    for name in ("train_epoch", "MLP", "evaluate"):
        theirs[name] = REFERENCE[name]
        run.handle([TICK])
        expected.handle([TICK])
        assert f"your {name}" in run.frame.badge and run.frame.say == expected.frame.say
    assert "own" not in run.frame.badge and run.frame.strip == []


def test_without_solutions_a_wrong_loop_of_yours_is_seen():
    run = session({"train_epoch": lambda model, loader, optimiser, loss_fn: 1.5}, {}, preset="healthy", ticks=3)
    assert "loss 1.50" in run.frame.say
    assert run.frame.strip == ["Your train_epoch never called optimiser.step, so no weight moved."]
