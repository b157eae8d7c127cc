"""The pictures of the inside of a cell: the text in six rows, the numbers at the cursor, rankings, what comes next."""

import numpy as np

from course.figures.scene import Bars, Cell, Line, Plot, Strip, Table, number

from .trace import ROWS

TEXT, NUMBERS, HALF = 580, 280, 430  # widths
SHOWN = 8  # units or letters of a ranking
AHEAD = 40  # letters over which it is shown what is kept


def pictures(state, arrays):
    panels = [strip(arrays), *at_cursor(arrays)]
    if arrays["compared"]:
        return [*panels, kept_over_time(arrays)]
    return [*panels, next_letter(arrays), *rankings(state, arrays)]


def strip(arrays, bands=True):
    rows, ranges = arrays["rows"], arrays["ranges"]
    low, high = np.array(ranges).T[:, :, None]
    levels = np.nan_to_num(255 * (rows - low) / (high - low), nan=0.0, posinf=255, neginf=0)
    row = arrays["names"].index(arrays["row"])
    low, high = (number(end, 1) for end in ranges[row])
    title = f"Unit {arrays['unit']}: {arrays['row']} from {low} (dark) to {high} (light), underlined where high"
    return Strip(
        "text",
        arrays["text"],
        np.clip(np.rint(levels), 0, 255).astype(np.uint8),
        list(arrays["names"]),
        ranges,
        "cursor",
        arrays["cursor"],
        row,
        rows[row] > arrays["usual"],
        arrays["typed"] if len(arrays["text"]) > arrays["typed"] else None,
        title,
        width=TEXT,
        bands=bands,
    )


def at_cursor(arrays):
    title = f"At letter {arrays['cursor']}, {shown(arrays['letter'])}"
    if "c" not in arrays["now"]:
        share, weight = arrays["own"]
        own = [f"own path {product(share, weight)}", Cell(number(share * weight), "strong")]
        rows = [["h before", number(arrays["before"])], ["h now", number(arrays["now"]["h"])], own]
        return [Table("numbers", rows, title, width=NUMBERS, column=1)]
    i, f, g, o, c, h = (arrays["now"][name] for name in ROWS)
    kept, written = f * arrays["before"], i * g
    rows = [
        [f"f × c = {product(f, arrays['before'])}", number(kept)],
        [f"i × g = {product(i, g)}", number(written)],
        ["c now: their sum", Cell(number(c), "strong")],
        [f"h = {product(o, np.tanh(c))}", Cell(number(h), "strong")],
    ]
    if arrays["perplexity"] is not None:
        rows.append([Cell("perplexity, held out", "muted"), number(arrays["perplexity"])])
    if arrays["gate"] is not None:
        rows.append([Cell(f"with f held at {arrays['gate'][1]}", "muted"), number(arrays["held_perplexity"])])
    values = np.array([kept, written])
    high = max(1.0, *np.abs(np.nan_to_num(values)))
    return [
        Table("numbers", rows, title, rule=2, width=NUMBERS, column=1),
        Bars("kept", ["kept", "written"], values, "What makes c", high=high, width=NUMBERS, column=1),
    ]


def rankings(state, arrays):
    ranking, question = arrays["ranking"], state["question"]
    panels = []
    for column, r, title in (
        (2, ranking.r, f"{question.capitalize()}: best units"),
        (3, ranking.shuffled, "Answers shuffled: best units"),
    ):
        best = np.argsort(-np.abs(r), kind="stable")[:SHOWN]
        strong = next((place for place, unit in enumerate(best) if unit == arrays["unit"]), None)
        labels = [f"unit {unit}" for unit in best]
        panels.append(Bars(f"ranking {column}", labels, r[best], title, strong=strong, width=HALF, column=column))
    return panels


def next_letter(arrays):
    probabilities = arrays["chances"]
    best = np.argsort(-probabilities, kind="stable")[:SHOWN]
    labels = [shown(arrays["vocabulary"][k]) for k in best]
    strong = next((place for place, k in enumerate(best) if arrays["vocabulary"][k] == arrays["came"]), None)
    came = f" (then came {shown(arrays['came'])})" if arrays["came"] else ""
    return Bars("next", labels, probabilities[best], f"Next letter{came}", strong=strong, width=NUMBERS, column=1)


def kept_over_time(arrays):
    lines = [
        Line(np.stack([np.arange(len(kept)), kept], axis=1), series=series, width=3 if own else 1.6)
        for series, (_, kept, own) in enumerate(arrays["compared"])
    ]
    return Plot(
        "kept over time",
        (0, AHEAD),
        (0, 1.02),
        lines,
        title="Share left: trained LSTM solid, new LSTM dashed, RNN dotted",
        xlabel="n letters later",
        width=520,
        height=240,
        column=2,
    )


def product(a, b):
    return f"{number(a)} × {number(b, 1 if abs(b) >= 10 else 2)}"


def shown(letter):
    return {"\n": "⏎", " ": "space"}.get(letter, f"“{letter}”")
