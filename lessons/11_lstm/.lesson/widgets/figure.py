"""Inside the cell: one unit of an LSTM over a text, letter by letter, and what it might stand for."""

import numpy as np

from course.figures import Button, Choice, Figure, Goal, LearnerError, More, Play, Scrub, TextBox
from course.figures.scene import number

from .model import find_writer, held
from .new import CELLS, kept_shares, new_weights, rnn
from .questions import QUESTIONS, answers_to, held_out_text, rank
from .readings import Readings, chances
from .scene import AHEAD, pictures, shown, strip
from .start import LINE_UNIT
from .trace import CLOSE, ROWS, Traces

TEXT = "KING HENRY:\nWhat says my lord? The night is cold,\nand he who keeps a secret sleeps alone.\n"
LONGEST, MOST_GROWN = 400, 240  # letters
CHUNK = 12  # letters that your generate writes at once
FIRST = "position in the line"  # the question that chooses the first unit
GATES = ("free", "held at 1", "held at 0")
MOST_UNITS = 4096
SINGLE = 1e-3  # how far h may lie from that of torch, which has half as many digits
KEPT = 0.5
WANTED = 0.2  # how far a correlation should lie above the best shuffled one
RANGES = {"i": (0.0, 1.0), "f": (0.0, 1.0), "g": (-1.0, 1.0), "o": (0.0, 1.0), "h": (-1.0, 1.0)}
READINGS, TRACES = Readings(), Traces()


class InsideTheCell(Figure):
    name = "inside_the_cell"
    title = "Inside the cell"
    tries = (
        "This unit counts through the line. Show the gates, type a longer line, or take a line break away: does it hold?",
        "Hold its forget gate at 0 and let the text grow. Do the lines lose their length? Look who else counts.",
        "Grow text at temperature 0.2, then at 1.5. Watch the bars of the next letter.",
        "Choose another question and find the unit for it. Is the unit right at every letter?",
    )
    uses = ("lstm_step", "lstm_forward", "from_torch", "generate", "perplexity")

    def __init__(self):
        self.units = MOST_UNITS  # of the model last looked into

    def initial(self):
        return {
            "text": TEXT,
            "unit": None,  # None: the best one for the first question
            "row": "c",
            "question": FIRST,
            "letters": "th",  # of the reader's own question
            "temperature": 0.8,
            "gate": GATES[0],
            "cell": CELLS[0],
            "forget_bias": 1.0,
            "cursor": 38,  # None: the last letter
            "grown": "",
            "seed": 0,
            "playing": False,
            "gates": False,  # whether more is shown than the coloured text
            "_next": "",  # letters that are written but not shown yet
        }

    def controls(self, state):
        letters = len(state["text"] + state["grown"])
        gates, unit = More("gates", "Show the gates", "Only the text"), Scrub("unit", "unit", 0, self.units - 1, 1)
        cursor = Scrub("cursor", "letter", 0, max(1, letters - 1), 1)
        if not state["gates"]:
            return [gates, unit, cursor]
        trained = state["cell"] == CELLS[0]
        controls = [gates]
        controls += [Play("Grow text", step="One letter"), Button("again", "Cut off", key="n")] if trained else []
        controls.append(Choice("cell", "Cell", CELLS))
        controls.append(Choice("row", "Row", ROWS))
        if trained:
            controls.append(Choice("gate", "Forget gate of this unit", GATES))
            controls.append(Choice("question", "Question", tuple(QUESTIONS)))
            if "my letters" in state["question"]:
                controls.append(TextBox("letters", "my letters", longest=20))
        controls.append(TextBox("text", "Text", longest=LONGEST, rows=4, column=0))
        controls += [unit, cursor]
        if trained:
            controls.append(Scrub("temperature", "temperature", 0.1, 2, 0.1))
        else:
            controls.append(Scrub("forget_bias", "forget bias at start", -2, 5, 0.5))
        return controls

    def value(self, state, name, arrays):
        return arrays[name] if name in ("unit", "cursor", "row") else super().value(state, name, arrays)

    def checked(self, state, given):
        for name, most in (("grown", MOST_GROWN), ("text", LONGEST)):
            if not isinstance(state[name], str) or len(state[name]) > most:
                raise ValueError(f"{name} must be text of at most {most} characters.")
        given = {name: value for name, value in given.items() if value is not None}
        return super().checked(state | {"gates": True}, given) | {"gates": state["gates"]}

    def start(self, **given):
        """Settings of what is behind the button open it."""
        behind = set(given) - {"unit", "cursor", "text", "seed", "gates"}
        return super().start(**({"gates": True} | given if behind else given))

    # --- what happens -------------------------------------------------------------------------------

    def reduce(self, state, event):
        if event["type"] == "press":
            return state | {"grown": "", "seed": state["seed"] + 1, "cursor": None, "_next": "", "playing": False}
        if event["type"] != "set":
            return state
        if event["name"] == "gates":
            return state | {"gates": event["value"], "playing": False}
        state = super().reduce(state, event) | {"_next": ""}
        if event["name"] == "text":
            return state | {"grown": "", "playing": False}
        return state | {"playing": False} if event["name"] == "cell" else state

    def step(self, state, functions):
        """One letter more, by your generate."""
        if len(state["grown"]) >= MOST_GROWN or state["cell"] != CELLS[0]:
            return state | {"playing": False}
        if not functions.have("generate"):
            functions.own("generate")
            return state | {"grown": state["grown"] + self.drawn(state, functions), "cursor": None}
        ahead = state["_next"] or self.written(state, functions)
        return state | {"grown": state["grown"] + ahead[0], "_next": ahead[1:], "cursor": None}

    def written(self, state, functions):
        """The next few letters."""
        writer = find_writer(functions)
        _, gate = self.chosen(state, writer, functions)
        prompt, _ = readable(state, writer)
        rng = np.random.default_rng([state["seed"], len(state["grown"])])
        model = READINGS.model(writer, gate)
        text = functions.call("generate", model, prompt, CHUNK, state["temperature"], rng)
        if not isinstance(text, str) or not text.startswith(prompt) or len(text) != len(prompt) + CHUNK:
            raise LearnerError(
                f"Your generate must return the prompt and {CHUNK} new characters behind it, as one text."
            )
        return text[len(prompt) :]

    def drawn(self, state, functions):
        """The next letter, drawn from the chances that the figure shows; each CHUNK of letters has numbers of its own."""
        writer = find_writer(functions)
        _, gate = self.chosen(state, writer, functions)
        reading = READINGS.text(writer, gate, readable(state, writer)[0])
        first, place = divmod(len(state["grown"]), CHUNK)
        number = np.random.default_rng([state["seed"], first * CHUNK]).random(CHUNK)[place]
        reached = np.cumsum(chances(reading.scores[0, -1], state["temperature"]))
        return writer.vocabulary[int(np.searchsorted(reached / reached[-1], number, side="right"))]

    # --- the numbers --------------------------------------------------------------------------------

    def chosen(self, state, writer, functions):
        """(unit, gate): the gate is (unit, 1 or 0) if it is held, else None."""
        self.units = writer.units
        unit = state["unit"]
        if unit is None and not writer.yours:
            unit = LINE_UNIT
        elif unit is None:
            unit = ranking_of(state | {"question": FIRST, "row": "c"}, writer, functions)[0].best
        unit = min(unit, writer.units - 1)
        if state["gate"] == GATES[0] or state["cell"] != CELLS[0]:
            return unit, None
        return unit, (unit, 2 - GATES.index(state["gate"]))

    def compute(self, state, functions):
        writer = find_writer(functions)
        unit, gate = self.chosen(state, writer, functions)
        text, typed = readable(state, writer, functions)
        cursor = len(text) - 1 if state["cursor"] is None else min(state["cursor"], len(text) - 1)
        arrays = {
            "unit": unit,
            "units": writer.units,
            "text": text,
            "typed": typed,
            "cursor": cursor,
            "letter": text[cursor],
            "came": text[cursor + 1] if cursor + 1 < len(text) else "",
            "vocabulary": writer.vocabulary,
            "yours": writer.yours,
            "names": ROWS,
            "row": state["row"],
            "gate": gate,
            "gap": (0.0, 0),
        } | dict.fromkeys(("chances", "ranking", "perplexity", "held_perplexity", "compared"))
        inside = trained if state["cell"] == CELLS[0] else untrained
        arrays |= inside(state, arrays, writer, functions)
        place = arrays["names"].index("c" if "c" in arrays["names"] else "h")
        rows = arrays["rows"]
        arrays["before"] = float(rows[place, cursor - 1]) if cursor else 0.0
        arrays["now"] = dict(zip(arrays["names"], rows[:, cursor].tolist(), strict=True))
        functions.seconds.clear()  # nothing here could be drawn more coarsely
        return arrays

    # --- picture and words ---------------------------------------------------------------------------

    def scene(self, state, arrays):
        return pictures(state, arrays) if state["gates"] else [strip(arrays, bands=False)]

    def describe(self, state, arrays):
        now = arrays["now"]
        where = f"{'Your writer' if arrays['yours'] else 'Our writer'}, {state['cell']}, unit {arrays['unit']}"
        said = f"{where}, at letter {arrays['cursor']}, {shown(arrays['letter'])}: "
        if "c" in now:
            f, i, g = now["f"], now["i"], now["g"]
            said += f"c = {number(f)} × {number(arrays['before'])} + {number(i)} × {number(g)} = {number(now['c'])}."
        else:
            said += f"h = {number(now['h'])}."
        said += f" Coloured by {arrays['row']}."
        if arrays["gap"][0] > CLOSE:
            return f"{said} The gates do not give this c and h: see the message below."
        if arrays["compared"]:
            left = "; ".join(f"{name} {number(kept[-1])}" for name, kept, _ in arrays["compared"])
            return f"{said} Share of a value left after {len(arrays['compared'][0][1]) - 1} letters: {left}."
        if arrays["gate"]:
            perplexities = f"{number(arrays['held_perplexity'])} instead of {number(arrays['perplexity'])}"
            said += f" Its forget gate is held at {arrays['gate'][1]}: perplexity {perplexities}."
        r, shuffled = arrays["ranking"].r[arrays["unit"]], arrays["ranking"].best_shuffled
        said += (
            f" With “{state['question']}” it correlates {number(r)}; the best with shuffled answers {number(shuffled)}."
        )
        grown = state["grown"][-40:].replace("\n", " ⏎ ")
        return f"{said} Grown so far: …{grown}" if grown else said

    def goal(self, state, arrays):
        if not state["gates"]:
            return None
        if arrays["compared"]:
            left = arrays["compared"][1][1][-1]
            text = f"Goal: a forget bias with which a new LSTM keeps {KEPT} of a value over {AHEAD} letters. Here {number(left)}."
            return Goal(text, min(1.0, left / KEPT) if len(arrays["compared"][1][1]) > AHEAD else 0.0, key="keeps")
        ranking, question, unit = arrays["ranking"], state["question"], arrays["unit"]
        if not ranking.r.any():
            return Goal(f"“{question}” has one answer all through the held-out text: nothing to correlate with.", 0.0)
        lead = ranking.ahead(unit)
        told = f"Unit {unit} lies {number(lead)} above the best shuffled one for “{question}”."
        if question == FIRST:
            return Goal(f"{told} Goal: such a lead of {WANTED} for another question.", 0.0)
        if lead < WANTED:
            return Goal(f"{told} Goal: a unit that leads by {WANTED}.", min(0.95, max(0.0, lead / WANTED)))
        return Goal(f"{told} Found. Now look for a letter of your text at which it is wrong.", 1.0)


# --- the parts of the numbers ---------------------------------------------------------------------------


def readable(state, writer, functions=None):
    """(text and what has grown behind it, length of the text): without the letters that the model has never seen."""
    parts = []
    for part in (state["text"], state["grown"]):
        parts.append("".join(letter for letter in part if letter in writer))
        unknown = sorted(set(part) - set(parts[-1]))
        if unknown and functions is not None:
            functions.note(f"Left out, because this model has never seen them: {' '.join(unknown)}")
    if not parts[0]:
        parts[0] = "\n" if "\n" in writer else writer.vocabulary[0]
    return "".join(parts), len(parts[0])


def ranking_of(state, writer, functions):
    """(ranking, range of c) on held-out text, always with all gates free."""
    reading, _ = READINGS.held_out(writer, None)
    trace = TRACES.trace(reading.X, writer.weights, (writer.print, "held out"), functions)
    answers = answers_to(state["question"], reading.letters, state["letters"])
    return rank(trace.values(state["row"]), answers), trace


def trained(state, arrays, writer, functions):
    unit, gate = arrays["unit"], arrays["gate"]
    reading = READINGS.text(writer, gate, arrays["text"])
    weights = held(writer.weights, *gate) if gate else writer.weights
    trace = TRACES.trace(reading.X, weights, (writer.print, gate), functions)
    ranking, seen = ranking_of(state, writer, functions)
    tell(trace, arrays["text"], functions)
    if writer.lstm.num_layers == 1 and trace.gap[0] <= CLOSE:
        off = float(np.abs(trace.h[:, 1:] - reading.H).max())
        if off > SINGLE:
            functions.note(
                f"With the weights of {functions.whose('from_torch').lower()} from_torch, h is not what the writer's own "
                f"LSTM gives: off by {off:.2g}. Are both biases added, and the matrices transposed?"
            )
    if held_out_text()[1] and not writer.yours:
        functions.note(
            "Shakespeare isn't here, so units are ranked on Python's manual, which our writer never learned from."
        )
    c = seen.c[:, 1:, unit]
    return {
        "rows": trace.rows(unit),
        "ranges": [RANGES.get(name, (float(c.min()), float(c.max()))) for name in ROWS],
        "usual": float(ranking.mean[unit] + ranking.spread[unit]),
        "gap": trace.gap,
        "ranking": ranking,
        "chances": chances(reading.scores[0, arrays["cursor"]], state["temperature"]),
        "perplexity": on_held_out(writer, None, functions),
        "held_perplexity": on_held_out(writer, gate, functions) if gate else None,
    }


def untrained(state, arrays, writer, functions):
    unit, X = arrays["unit"], READINGS.text(writer, None, arrays["text"]).X
    d, k = X.shape[2], writer.units
    fresh = new_weights(d, k, 4, state["forget_bias"])
    new = TRACES.trace(X, fresh, ("new", d, k, state["forget_bias"]), functions)
    known = TRACES.trace(X, writer.weights, (writer.print, None), functions)
    tell(new, arrays["text"], functions)
    plain = new_weights(d, k, 1, 0.0)
    h = rnn(X, *plain)[0, :, unit]
    own = (1 - h[1:] ** 2) * plain[1][unit, unit]
    compared = [
        ("trained", kept_shares(known.gates[1, 0, :, unit], AHEAD), False),
        ("new LSTM", kept_shares(new.gates[1, 0, :, unit], AHEAD), state["cell"] == CELLS[1]),
        ("RNN", kept_shares(own, AHEAD), state["cell"] == CELLS[2]),
    ]
    if state["cell"] == CELLS[2]:
        rows, names = h[None, 1:], ("h",)
    else:
        rows, names = new.rows(unit), ROWS
    row = state["row"] if state["row"] in names else "h"
    shown_row = rows[names.index(row)]
    c = rows[-2] if len(names) > 1 else rows[0]
    spread = max(float(np.abs(c).max()), 1e-3)
    return {
        "rows": rows,
        "names": names,
        "row": row,
        "ranges": [RANGES.get(name, (-spread, spread)) for name in names],
        "usual": float(shown_row.mean() + shown_row.std()),
        "gap": new.gap if len(names) > 1 else (0.0, 0),
        "compared": compared,
        "own": (float(1 - h[arrays["cursor"] + 1] ** 2), float(plain[1][unit, unit])),
    }


def on_held_out(writer, gate, functions):
    """The perplexity on text that the writer has not seen: the geometric mean of 1 / p over its letters."""
    logs = READINGS.held_out(writer, gate)[1]
    if functions.have("perplexity"):
        return float(functions.call("perplexity", float(-logs.mean()), shape=()))
    functions.own("perplexity")
    return float(np.prod(np.exp(-logs / logs.size)))


def tell(trace, text, functions):
    """Says so if your functions don't agree with their own weights."""
    gap, at = trace.gap
    if gap > CLOSE:
        functions.note(
            f"The gates that follow from the weights give another c or h than your lstm_step: off by {gap:.2g}, first at "
            f"letter {at}, {shown(text[at])}. Are the gates in the order i, f, g, o, and is c = f·c + i·g?"
        )
    if trace.apart > CLOSE:
        functions.note(
            f"Your lstm_forward gives another h than your lstm_step taken letter by letter: off by {trace.apart:.2g}."
        )
