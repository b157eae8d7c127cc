"""Inside the cell: its numbers against torch, its questions, its growing text, and what wrong functions do to it."""

import numpy as np
import pytest
import torch
from torch import nn
from widgets_11_lstm.figure import CHUNK, FIRST, MOST_GROWN, TEXT, InsideTheCell
from widgets_11_lstm.model import find_writer, first_lstm, held_model
from widgets_11_lstm.new import kept_shares, new_weights, rnn
from widgets_11_lstm.questions import LENGTH, PIECES, WARM_UP, answers_to, held_out, held_out_text, rank
from widgets_11_lstm.readings import Readings, chances, foreseen
from widgets_11_lstm.start import FILE, LINE_UNIT, start
from widgets_11_lstm.trace import ROWS

from course.figures.functions import Functions
from course.figures.reference import borrowed
from course.figures.session import Session
from course.figures.static import draw, png

LETTERS = "\n .:THabehiot"
TICK = {"type": "tick"}
REFERENCE = borrowed(InsideTheCell())
WITHOUT_SOLUTIONS = {}


class SmallWriter(nn.Module):
    def __init__(self):
        super().__init__()
        self.vocabulary = LETTERS
        self.embedding = nn.Embedding(len(LETTERS), 4)
        self.lstm = nn.LSTM(4, 6, batch_first=True)
        self.head = nn.Linear(6, len(LETTERS))

    def forward(self, ids, state=None):
        H, state = self.lstm(self.embedding(ids), state)
        return self.head(H), state


def set_(name, value):
    return {"type": "set", "name": name, "value": value}


@pytest.fixture(scope="module")
def writer():
    """A small one that hasn't learned anything; large weights, so that its gates differ from letter to letter."""
    torch.manual_seed(3)
    model = SmallWriter()
    with torch.no_grad():
        for weights in model.lstm.parameters():
            weights.mul_(3)
    return model


def session(namespace=None, reference=None, **state):
    return Session(InsideTheCell(), {} if namespace is None else namespace, reference, **({"gates": True} | state))


def functions(namespace, reference=REFERENCE):
    return Functions(InsideTheCell.uses, namespace, reference)


def of(writer, **more):
    return {"writer": writer, **more}


def arrays(run):
    return run.figure.compute(run.state, run.functions)


def panel(run, name):
    return next(panel for panel in run.frame.panels if panel.id == name)


def controls(run):
    return {control.name: (control, value) for control, value in run.frame.controls}


def by_torch(model, text):
    """i, f, g, o, c, h (6, t, k) by torch's own LSTM cell, and its gates by torch's own functions."""
    lstm = model.lstm
    cell = nn.LSTMCell(lstm.input_size, lstm.hidden_size)
    cell.load_state_dict({name.removesuffix("_l0"): values for name, values in lstm.state_dict().items()})
    cell.double()
    rows, h, c = [], *torch.zeros(2, 1, lstm.hidden_size, dtype=torch.float64)
    with torch.no_grad():
        for letter in text:
            x = model.embedding(torch.tensor([model.vocabulary.index(letter)])).double()
            i, f, g, o = (
                nn.functional.linear(x, cell.weight_ih, cell.bias_ih)
                + nn.functional.linear(h, cell.weight_hh, cell.bias_hh)
            ).chunk(4, dim=1)
            h, c = cell(x, (h, c))
            rows.append(torch.cat([i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid(), c, h]))
    return torch.stack(rows, dim=1).numpy()


# --- the numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", [0, 5])
def test_the_six_rows_are_what_torch_gets(writer, unit):
    run = session(of(writer), text="to be or\nthat", unit=unit)
    assert run.frame.strip == ["Left out, because this model has never seen them: r"]
    expected = by_torch(writer, "to be o\nthat")[:, :, unit]
    np.testing.assert_allclose(arrays(run)["rows"], expected, atol=1e-6)


def test_nn_lstm_itself_gives_the_same_h(writer):
    run = session(of(writer), text="the boat", unit=2)
    with torch.no_grad():
        H, _ = writer.lstm(writer.embedding(torch.tensor([[writer.vocabulary.index(a) for a in "the boat"]])))
    np.testing.assert_allclose(arrays(run)["rows"][5], H[0, :, 2].numpy(), atol=1e-6)


def test_the_gates_reproduce_c_and_h(writer):
    found = arrays(session(of(writer), text="the boat", unit=1))
    i, f, g, o, c, h = found["rows"]
    np.testing.assert_allclose(f[1:] * c[:-1] + i[1:] * g[1:], c[1:], atol=1e-6)
    np.testing.assert_allclose(o * np.tanh(c), h, atol=1e-6)
    assert found["gap"][0] < 1e-6


@pytest.mark.parametrize("k", [0, 4, 7])
def test_editing_a_letter_changes_nothing_before_it(writer, k):
    run = session(of(writer), text="the boat")
    before = arrays(run)["rows"]
    run.handle([set_("text", "the boat"[:k] + "." + "the boat"[k + 1 :])])
    after = arrays(run)["rows"]
    assert (after[:, :k] == before[:, :k]).all()
    assert (after[:, k:] != before[:, k:]).any(axis=0).all()
    np.testing.assert_array_equal(after, arrays(session(of(writer), text=run.state["text"]))["rows"])


def test_the_table_adds_up(writer):
    run = session(of(writer), text="the boat", unit=3, cursor=5, cell="trained LSTM")
    rows = [[getattr(cell, "text", cell).replace("−", "-") for cell in row] for row in panel(run, "numbers").rows]
    kept, written, c = (float(row[1]) for row in rows[:3])
    assert kept + written == pytest.approx(c, abs=0.011)
    np.testing.assert_allclose(panel(run, "kept").values, [kept, written], atol=0.006)
    assert f"= {rows[2][1].replace('-', '−')}. Coloured by c." in run.frame.say


def test_the_strip_colours_each_row_between_its_own_ends(writer):
    run = session(of(writer), text="the boat", unit=3, row="f", cursor=2)
    strip = panel(run, "text")
    assert (strip.text, strip.names, strip.row, strip.cursor, strip.control) == ("the boat", list(ROWS), 1, 2, "cursor")
    np.testing.assert_allclose(strip.values[1] / 255, arrays(run)["rows"][1], atol=0.5 / 255 + 1e-9)
    np.testing.assert_allclose(strip.values[5] / 127.5 - 1, arrays(run)["rows"][5], atol=0.5 / 127.5 + 1e-9)
    assert strip.marked.tolist() == (arrays(run)["rows"][1] > arrays(run)["usual"]).tolist()


# --- a gate that is held --------------------------------------------------------------------------------


@pytest.mark.parametrize(("gate", "f"), [("held at 1", 1.0), ("held at 0", 0.0)])
def test_a_held_gate_keeps_everything_or_nothing(writer, gate, f):
    run = session(of(writer), text="the boat", unit=4, gate=gate)
    i, forget, g, _, c, _ = arrays(run)["rows"]
    assert (forget == pytest.approx(f, abs=1e-12)) and arrays(run)["gap"][0] < 1e-6
    before = np.concatenate([[0.0], c[:-1]])
    np.testing.assert_allclose(c, f * before + i * g, atol=1e-9)
    assert f"held at {f:g}: perplexity" in run.frame.say


def test_text_is_grown_by_the_model_with_the_gate_held(writer):
    changed = held_model(find_writer(functions(of(writer))), 4, 1)
    np.testing.assert_allclose(by_torch(changed, "the boat")[1, :, 4], 1.0)
    given = []

    def generate(model, prompt, length, temperature, rng):
        given.append(model)
        return prompt + "a" * length

    run = session(of(writer, generate=generate), text="the", unit=4, gate="held at 1")
    run.handle([TICK])
    np.testing.assert_allclose(by_torch(given[0], "the boat")[1, :, 4], 1.0)
    assert by_torch(writer, "the boat")[1, :, 4].max() < 1  # the reader's own is left alone


# --- questions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        (FIRST, "ab\n\nxyz", [1, 2, 0, 0, 1, 2, 3]),
        ("name of who speaks", "A:\nb\nC:", [1, 1, 1, 0, 0, 1, 1]),
        ("inside quotes", 'a"b"c', [0, 1, 1, 0, 0]),
        ("vowel", "aXiy", [1, 0, 1, 0]),
        ("capital letter", "aB.C", [0, 1, 0, 1]),
        ("after a space", "a b c", [0, 0, 1, 0, 1]),
        ("one of my letters", "at the", [0, 1, 0, 1, 1, 0]),
        ("after one of my letters", "at the", [0, 0, 1, 0, 1, 1]),
    ],
)
def test_each_question_has_one_answer_a_letter(question, text, expected):
    assert answers_to(question, text, "th").tolist() == expected


def test_units_are_ranked_by_their_correlation_on_held_out_text(writer):
    run = session(of(writer), question="vowel", unit=0)
    text = held_out(writer.vocabulary)
    assert len(text) == PIECES * LENGTH and set(text) <= set(LETTERS)
    values = by_torch(writer, text[:LENGTH])[4]
    answers = answers_to("vowel", text)
    pieces = [by_torch(writer, text[k * LENGTH : (k + 1) * LENGTH])[4, WARM_UP:] for k in range(PIECES)]
    asked = answers.reshape(PIECES, LENGTH)[:, WARM_UP:].ravel()
    expected = [np.corrcoef(np.concatenate(pieces)[:, unit], asked)[0, 1] for unit in range(values.shape[1])]
    np.testing.assert_allclose(arrays(run)["ranking"].r, expected, atol=1e-5)
    best = int(np.abs(expected).argmax())
    assert panel(run, "ranking 2").labels[0] == f"unit {best}"


def test_shuffled_answers_keep_their_rhythm_and_a_real_unit_beats_them():
    rng = np.random.default_rng(0)
    answers = np.repeat(rng.integers(0, 2, 120), 8).astype(float)
    values = np.stack([answers, np.repeat(rng.normal(size=120), 8), np.ones(960)], axis=1).reshape(4, 240, 3)
    ranking = rank(values, answers)
    assert ranking.r[0] == pytest.approx(1)
    assert ranking.r[2] == 0 and ranking.best == 0
    assert abs(ranking.shuffled[0]) < 0.4 and ranking.ahead(0) > 0.6


def test_a_question_that_always_has_one_answer_ranks_nothing_and_says_so(writer):
    run = session(of(writer), question="one of my letters", letters="")
    assert not arrays(run)["ranking"].r.any()
    assert "nothing to correlate" in run.frame.goal.text and run.frame.goal.progress == 0


def test_the_goal_is_a_lead_over_the_best_shuffled_unit(writer):
    run = session(of(writer), question="vowel", unit=0)
    ranking = arrays(run)["ranking"]
    run.handle([set_("unit", ranking.best)])
    assert ranking.ahead(ranking.best) > 0.2 and run.frame.goal.progress == 1
    run.handle([set_("unit", int(np.abs(ranking.r).argmin()))])
    assert run.frame.goal.progress < 1
    run.handle([set_("question", FIRST), set_("unit", arrays(run)["ranking"].best)])
    assert run.frame.goal.progress == 0  # that one is shown from the start


# --- text that grows ------------------------------------------------------------------------------------


def grown(count, namespace=None, reference=None, **state):
    run = session(namespace, reference, **state)
    for _ in range(count):
        run.handle([TICK])
    return run


def test_text_grows_letter_by_letter_and_differs_with_the_temperature():
    cold, warm = (grown(2 * CHUNK, temperature=t) for t in (0.2, 1.5))
    assert len(cold.state["grown"]) == 2 * CHUNK
    assert cold.state["grown"] != warm.state["grown"]
    assert panel(cold, "text").text == TEXT + cold.state["grown"]
    assert panel(cold, "text").split == len(TEXT)
    assert grown(2 * CHUNK, temperature=0.2).state["grown"] == cold.state["grown"]


def test_grown_text_is_read_on_as_if_it_had_been_typed(writer):
    run = grown(CHUNK + 1, of(writer), text="the ", unit=2)
    typed = session(of(writer), text="the " + run.state["grown"], unit=2, cursor=None)
    np.testing.assert_allclose(arrays(run)["rows"], arrays(typed)["rows"], atol=1e-12)
    np.testing.assert_allclose(arrays(run)["chances"], arrays(typed)["chances"], atol=1e-6)


def test_it_stops_growing_at_an_end(writer):
    run = session(of(writer), grown="a" * (MOST_GROWN - 1), playing=True)
    run.handle([TICK, TICK, TICK])
    assert len(run.state["grown"]) == MOST_GROWN and not run.frame.playing


def test_cutting_off_takes_the_grown_text_away_and_other_letters_come_next(writer):
    run = grown(CHUNK, of(writer), text="the ")
    first = run.state["grown"]
    run.handle([{"type": "press", "name": "again"}])
    assert run.state["grown"] == ""
    for _ in range(CHUNK):
        run.handle([TICK])
    assert run.state["grown"] != first


def test_the_next_letter_is_foreseen_at_the_temperature(writer):
    run = session(of(writer), text="the b", cursor=4, temperature=0.5)
    with torch.no_grad():
        scores, _ = writer(torch.tensor([[writer.vocabulary.index(a) for a in "the b"]]))
    expected = torch.softmax(scores[0, -1] / 0.5, dim=0).numpy()
    np.testing.assert_allclose(arrays(run)["chances"], expected, atol=1e-6)
    bars = panel(run, "next")
    np.testing.assert_allclose(bars.values, np.sort(expected)[::-1][: len(bars.labels)], atol=1e-6)


def test_the_loss_is_torchs():
    scores, ids = torch.randn(2, 5, 7), torch.randint(7, (2, 5))
    expected = nn.functional.cross_entropy(scores.flatten(0, 1), ids.flatten()).item()
    assert -foreseen(scores.numpy().astype(float), ids.numpy()).mean() == pytest.approx(expected, rel=1e-5)
    assert chances(np.array([0.0, 1000.0]), 0.1).tolist() == [0, 1]


# --- your functions -------------------------------------------------------------------------------------


def step_with(forget=lambda f: f, squash=np.tanh, order=(0, 1, 2, 3)):
    def lstm_step(x, h, c, Wx, Wh, b):
        z = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
        i, f, g, o = (z[k] for k in order)
        i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
        c = forget(f) * c + i * np.tanh(g)
        return o * squash(c), c, None

    return lstm_step


@pytest.mark.parametrize(
    "wrong",
    [step_with(forget=lambda f: 1 - f), step_with(squash=lambda c: c), step_with(order=(0, 2, 1, 3))],
    ids=["forget gate inverted", "no tanh on c", "gates in another order"],
)
def test_a_wrong_step_changes_the_picture_and_is_told(writer, wrong):
    right, run = session(of(writer), unit=1), session(of(writer, lstm_step=wrong), unit=1)
    assert (panel(run, "text").values != panel(right, "text").values).any()
    assert any("than your lstm_step" in line for line in run.frame.strip)
    assert "The gates do not give this c and h" in run.frame.say
    assert "your lstm_step" in run.frame.badge


def test_a_right_step_of_your_own_gives_the_same_picture(writer):
    right, run = session(of(writer), unit=1), session(of(writer, lstm_step=step_with()), unit=1)
    assert (panel(run, "text").values == panel(right, "text").values).all()
    assert not any("lstm_step" in line for line in run.frame.strip)


def test_your_cell_run_again_is_used_at_the_next_frame(writer):
    names = of(writer)
    run = session(names, unit=1)
    before = panel(run, "text").values
    names["lstm_step"] = step_with(forget=lambda f: 1 - f)
    run.handle([set_("cursor", 3)])
    assert (panel(run, "text").values != before).any()


def test_a_writer_that_is_trained_further_is_read_anew(writer):
    torch.manual_seed(0)
    model = SmallWriter()
    run = session(of(model), unit=1)
    before = panel(run, "text").values
    with torch.no_grad():
        model.lstm.weight_hh_l0.mul_(4)
    run.handle([set_("cursor", 3)])
    assert (panel(run, "text").values != before).any()


def test_a_forward_pass_that_differs_from_the_step_is_told(writer):
    def lstm_forward(X, h0, c0, Wx, Wh, b):
        H, caches = REFERENCE["lstm_forward"](X, h0, c0, Wx, Wh, b)
        return H[:, ::-1], caches

    run = session(of(writer, lstm_forward=lstm_forward))
    assert any(line.startswith("Your lstm_forward gives another h") for line in run.frame.strip)


def test_wrong_weights_from_torch_change_the_picture(writer):
    def from_torch(lstm):
        Wx, Wh, b = REFERENCE["from_torch"](lstm)
        return Wx, Wh, b * 0

    right, run = session(of(writer), unit=1), session(of(writer, from_torch=from_torch), unit=1)
    assert (panel(run, "text").values != panel(right, "text").values).any()
    assert any("the writer's own LSTM" in line for line in run.frame.strip)
    assert not any("the writer's own LSTM" in line for line in right.frame.strip)


def test_your_perplexity_is_the_one_shown(writer):
    run = session(of(writer, perplexity=lambda loss: 123.0))
    assert any(row[-1] == "123.00" for row in panel(run, "numbers").rows)
    assert "your perplexity" in run.frame.badge


@pytest.mark.parametrize(
    ("name", "broken", "told"),
    [
        ("lstm_step", lambda *given: (given[1], given[2]), "three values"),
        ("lstm_step", lambda *given: (given[1][:, :2], given[2], None), "shape"),
        ("lstm_step", lambda *given: 1 / 0, "Your lstm_step stopped: ZeroDivisionError"),
        ("lstm_forward", lambda *given: None, "two values"),
        ("from_torch", lambda lstm: (1, 2), "3 values"),
        ("writer", nn.Linear(2, 2), "Your writer has no nn.LSTM inside, so ours is shown."),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(writer, name, broken, told):
    run = session(of(writer) | {name: broken})
    assert any(told in line for line in run.frame.strip)
    assert panel(run, "text").text == TEXT or name != "writer"


@pytest.mark.parametrize(
    "generate",
    [lambda m, prompt, n, *rest: "a" * n, lambda m, prompt, n, *rest: prompt + "a", lambda *given: None],
    ids=["prompt missing", "too short", "nothing"],
)
def test_a_generate_that_returns_something_else_is_told_and_the_picture_stays(writer, generate):
    run = session(of(writer, generate=generate), text="the b", playing=True)
    run.handle([TICK])
    assert any("the prompt and 12 new characters" in line for line in run.frame.strip)
    assert panel(run, "text").text == "the b" and not run.frame.playing


def test_a_generate_that_never_reads_its_prompt_grows_another_text():
    def generate(model, prompt, length, temperature, rng):
        return prompt + REFERENCE["generate"](model, prompt[-1:], length, temperature, rng)[1:]

    assert (
        grown(CHUNK, {"generate": generate}, temperature=0.1).state["grown"]
        != grown(CHUNK, temperature=0.1).state["grown"]
    )


# --- other writers --------------------------------------------------------------------------------------


class Upright(nn.Module):
    """Time first, one-hot letters, a list as vocabulary, two layers without dropout, an encoder in front."""

    def __init__(self):
        super().__init__()
        self.vocabulary = list(LETTERS)
        self.body = nn.Sequential(nn.Identity())
        self.memory = nn.LSTM(len(LETTERS), 5, num_layers=2)
        self.out = nn.Linear(5, len(LETTERS))

    def forward(self, ids, state=None):
        X = nn.functional.one_hot(ids.T, len(LETTERS)).float()
        H, state = self.memory(X, state)
        return self.out(H.transpose(0, 1)), state


def test_a_writer_built_another_way_is_looked_into():
    torch.manual_seed(1)
    run = session(of(Upright()), text="the b", unit=4)
    assert any("2 layers" in line for line in run.frame.strip)
    assert controls(run)["unit"][0].high == 4
    assert arrays(run)["gap"][0] < 1e-6 and run.frame.say.startswith("Your writer")
    run.handle([TICK])
    assert len(run.state["grown"]) == 1


def test_looking_into_a_writer_leaves_it_as_it_was(writer):
    writer.train()
    before = {name: values.clone() for name, values in writer.state_dict().items()}
    grown(2, of(writer), gate="held at 0")
    assert writer.training
    assert all((values == before[name]).all() for name, values in writer.state_dict().items())
    assert not first_lstm(writer)._forward_pre_hooks


def test_without_a_writer_ours_is_shown_and_said_so():
    run = session()
    assert run.frame.say.startswith("Our writer, trained LSTM, unit")
    assert "our writer" in run.frame.badge
    assert controls(run)["unit"] == (controls(run)["unit"][0], LINE_UNIT)


def test_an_empty_text_and_unknown_letters_leave_something_to_read(writer):
    assert panel(session(of(writer), text=""), "text").text == "\n"
    run = session(of(writer), text="é∑")
    assert panel(run, "text").text == "\n" and "é" in run.frame.strip[0]


# --- our own writer -------------------------------------------------------------------------------------


def test_our_writer_is_small_and_its_unit_counts_the_letters_of_a_line():
    assert FILE.stat().st_size < 150_000
    run = session()
    c = arrays(run)["rows"][4]
    second = slice(TEXT.index("\n") + 3, TEXT.index("cold"))
    steps = np.diff(c[second])
    assert (steps < 0).mean() > 0.85 and -1 < steps.mean() < -0.5


@pytest.mark.skipif(held_out_text()[1], reason="Shakespeare's text isn't here")
def test_our_writer_foresees_text_it_has_not_seen():
    writer = find_writer(functions({}))
    assert -Readings().held_out(writer, None)[1].mean() < 1.65
    ranking = arrays(session())["ranking"]
    assert ranking.best == LINE_UNIT and ranking.ahead(LINE_UNIT) > 0.5


def test_our_writer_is_read_once_and_never_changed():
    before = [values.clone() for values in start().state_dict().values()]
    grown(1, gate="held at 1")
    assert all((one == other).all() for one, other in zip(before, start().state_dict().values(), strict=True))


# --- cells that have learned nothing --------------------------------------------------------------------


def test_a_higher_forget_bias_keeps_more_for_longer(writer):
    left = []
    for bias in (-2.0, 1.0, 5.0):
        compared = arrays(session(of(writer), text=TEXT, cell="new LSTM", forget_bias=bias, unit=0))["compared"]
        left.append(compared[1][1][20])
    assert left[0] < left[1] < left[2] and left[2] > 0.5


def test_the_goal_of_a_new_cell_is_reached_with_a_bias_that_keeps_half():
    low, high = (session(cell="new LSTM", forget_bias=bias).frame.goal.progress for bias in (1.0, 5.0))
    assert low < 0.1 and high == 1


def test_a_new_lstm_runs_on_your_step(writer):
    right = session(of(writer), cell="new LSTM", unit=0)
    wrong = session(of(writer, lstm_step=step_with(forget=lambda f: 1 - f)), cell="new LSTM", unit=0)
    assert (panel(wrong, "text").values != panel(right, "text").values).any()


def test_the_plain_cell_is_torchs_rnn():
    Wx, Wh, b = new_weights(3, 4, 1, 0.0)
    X = np.random.default_rng(0).normal(size=(1, 6, 3))
    cell = nn.RNN(3, 4, batch_first=True).double()
    values = dict(zip(("weight_ih_l0", "weight_hh_l0", "bias_ih_l0"), (Wx.T, Wh.T, b), strict=True))
    cell.load_state_dict({name: torch.tensor(array) for name, array in values.items()} | {"bias_hh_l0": torch.zeros(4)})
    np.testing.assert_allclose(rnn(X, Wx, Wh, b)[:, 1:], cell(torch.tensor(X))[0].detach().numpy(), atol=1e-12)


def test_what_is_left_is_the_mean_of_all_products():
    factors = np.array([0.5, -1.0, 0.25, 2.0, 0.1])
    for n, share in enumerate(kept_shares(factors, 3)):
        products = [abs(np.prod(factors[k : k + n])) for k in range(len(factors) - n + 1)]
        assert share == pytest.approx(np.mean(products))


def test_the_plain_cell_has_one_row_and_no_gates(writer):
    run = session(of(writer), cell="new RNN", row="f", gate="held at 1")
    assert panel(run, "text").names == ["h"] and controls(run)["row"][1] == "h"
    assert not {"gate", "temperature", "playing"} & set(controls(run))


# --- settings -------------------------------------------------------------------------------------------


def test_copied_state_shows_the_same_picture(writer):
    run = grown(
        3, of(writer), text="the b", unit=2, row="g", question="one of my letters", letters="ab", gate="held at 1"
    )
    run.handle([set_("cursor", 4), set_("temperature", 1.2)])
    given = eval(run.frame.code.replace("widgets.inside_the_cell", "dict"))
    again = session(of(writer), **given)
    assert again.frame.say == run.frame.say
    assert (panel(again, "text").values == panel(run, "text").values).all()


@pytest.mark.parametrize(
    "given",
    [{"temperature": 0.05}, {"row": "x"}, {"question": "why"}, {"text": 3}, {"grown": "a" * 999}, {"cell": "GRU"}],
)
def test_settings_out_of_range_are_refused(given):
    with pytest.raises(ValueError, match=next(iter(given))):
        session(**given)


@pytest.mark.parametrize("state", [{}, {"gate": "held at 0"}, {"cell": "new LSTM"}, {"cell": "new RNN"}])
def test_every_view_can_be_drawn_as_a_still_picture(writer, state):
    assert png(draw(session(of(writer), **state).frame.panels)).startswith(b"\x89PNG")


def test_undo_takes_back_a_gesture_in_the_text(writer):
    run = session(of(writer))
    run.handle([set_("text", "t") | {"gesture": 1}, set_("text", "th") | {"gesture": 1}])
    run.handle([{"type": "undo"}])
    assert run.state["text"] == TEXT


# --- without solutions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"unit": 7, "row": "f", "gate": "held at 0", "cursor": 60, "question": "vowel"},
        {"gate": "held at 1", "temperature": 0.3, "text": "To be, or not to be,\nthat is the question."},
        {"cell": "new LSTM", "forget_bias": 3.5, "unit": 11},
        {"cell": "new RNN", "cursor": 20},
    ],
)
def test_without_solutions_the_figure_shows_the_same(state):
    run, borrowing = session(reference=WITHOUT_SOLUTIONS, **state), session(**state)
    own, ours = arrays(run), arrays(borrowing)
    np.testing.assert_allclose(own["rows"], ours["rows"], atol=1e-9)
    assert own["gap"][0] < 1e-9 and ours["gap"][0] < 1e-9
    if "cell" in state:
        for (_, mine, _), (_, theirs, _) in zip(own["compared"], ours["compared"], strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-9)
    else:
        np.testing.assert_allclose(own["ranking"].r, ours["ranking"].r, atol=1e-9)
        np.testing.assert_allclose(own["chances"], ours["chances"], rtol=1e-9)
        assert own["perplexity"] == pytest.approx(ours["perplexity"], rel=1e-9)
        if "gate" in state:
            assert own["held_perplexity"] == pytest.approx(ours["held_perplexity"], rel=1e-9)
    assert run.frame.say == borrowing.frame.say and run.frame.strip == borrowing.frame.strip


@pytest.mark.parametrize("state", [{}, {"gate": "held at 0", "temperature": 1.3, "seed": 4}])
def test_without_solutions_the_same_text_grows(state):
    run, borrowing = grown(CHUNK + 5, reference=WITHOUT_SOLUTIONS, **state), grown(CHUNK + 5, **state)
    assert run.state["grown"] == borrowing.state["grown"] and len(run.state["grown"]) == CHUNK + 5


def test_without_solutions_it_says_that_it_runs_on_code_of_its_own():
    run = session(reference=WITHOUT_SOLUTIONS)
    missing = "from_torch, lstm_step, lstm_forward and perplexity are written"
    assert run.frame.badge == f"running on: our writer · the figure's own code (until your {missing})"
    run.handle([TICK])
    assert run.frame.badge.endswith(f"(until your generate, {missing})")
    assert panel(run, "text").text == TEXT + run.state["grown"] and len(run.state["grown"]) == 1
    assert png(draw(run.frame.panels)).startswith(b"\x89PNG")


def unwritten(*given):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("theirs", "badge"),
    [
        (
            ("lstm_step",),
            "your lstm_step · our writer · {} (until your from_torch, lstm_forward and perplexity are written)",
        ),
        (("lstm_step", "lstm_forward", "from_torch", "perplexity"), "{your} · our writer"),
        (
            ("perplexity",),
            "your perplexity · our writer · {} (until your from_torch, lstm_step and lstm_forward are written)",
        ),
    ],
)
@pytest.mark.parametrize("stubs", [False, True])
def test_without_solutions_it_runs_on_what_is_written(theirs, badge, stubs):
    names = dict.fromkeys(InsideTheCell.uses, unwritten) if stubs else {}
    run = session(names | {name: REFERENCE[name] for name in theirs}, WITHOUT_SOLUTIONS)
    shown = run.frame.badge.removeprefix("running on: ")
    if badge.startswith("{your}"):
        assert shown.endswith(" · our writer") and sorted(shown.split(" · ")[:-1]) == sorted(
            f"your {n}" for n in theirs
        )
    else:
        assert shown == badge.format("the figure's own code")
    assert run.frame.strip == session().frame.strip
    np.testing.assert_allclose(arrays(run)["rows"], arrays(session())["rows"], atol=1e-9)


def test_a_stub_of_generate_grows_text_without_solutions():
    run = grown(2, {"generate": unwritten}, WITHOUT_SOLUTIONS)
    assert len(run.state["grown"]) == 2 and "generate" in run.frame.badge and run.frame.strip == session().frame.strip


def test_without_solutions_a_writer_waits_for_from_torch(writer):
    run = session(of(writer), WITHOUT_SOLUTIONS)
    assert "Your writer waits for your from_torch, so ours is shown." in run.frame.strip
    run = session(of(writer, from_torch=REFERENCE["from_torch"]), WITHOUT_SOLUTIONS)
    assert run.frame.say.startswith("Your writer") and "your from_torch" in run.frame.badge


@pytest.mark.parametrize("wrong", [step_with(forget=lambda f: 1 - f), step_with(order=(0, 2, 1, 3))])
def test_a_wrong_step_changes_the_picture_without_solutions_too(wrong):
    right, run = session(reference=WITHOUT_SOLUTIONS), session({"lstm_step": wrong}, WITHOUT_SOLUTIONS)
    assert (panel(run, "text").values != panel(right, "text").values).any()
    assert any("than your lstm_step" in line for line in run.frame.strip)


def test_text_that_grows_reads_only_its_new_letters(writer):
    read = []

    def lstm_step(*given):
        read.append(len(given[0]))
        return step_with()(*given)

    run = session(of(writer, lstm_step=lstm_step), text="the boat", unit=1)
    read.clear()
    run.handle([TICK])
    assert read == [1]
    whole = session(of(writer), text="the boat" + run.state["grown"], unit=1)
    np.testing.assert_allclose(arrays(run)["rows"], arrays(whole)["rows"], atol=1e-12)


def test_it_begins_with_the_coloured_text_alone():
    run = Session(InsideTheCell(), {})
    (strip,) = run.frame.panels
    assert not strip.bands and [control.name for control, _ in run.frame.controls] == ["gates", "unit", "cursor"]
    assert run.frame.goal is None
    assert len(run.handle([{"type": "set", "name": "gates", "value": True}]).panels) > 3
    assert Session(InsideTheCell(), {}, question="vowel").state["gates"]
