"""Where the nodes of a graph stand, and what is drawn of it."""

from functools import lru_cache

from course.figures.scene import Cell, Edge, Net, Node, Table, number

from .scalar_engine import agree

ROW, COLUMN = 84, 125  # pixels that a box needs
LONGEST = 14  # characters of a label
SIGNS = {"add": "+", "multiply": "×", "power": "**", "tanh": "tanh", "exp": "exp"}


# --- places ---------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def layout(parents):
    """(x, y) of each node, and how many columns and rows there are. parents: for each node the places of its own.

    Each node stands just before its first use. Lines that pass a column keep a place in it, so that they
    don't run through a box.
    """
    columns = _columns(parents)
    items = {i: [] for i in range(len(parents))}  # what each item hangs together with, boxes and places kept free
    of_column = {}
    for i, column in enumerate(columns):
        of_column.setdefault(column, []).append(i)
    for i, used in enumerate(parents):
        for parent in dict.fromkeys(used):
            last = parent
            for column in range(columns[parent] + 1, columns[i]):
                kept = len(items)
                items[kept] = []
                of_column.setdefault(column, []).append(kept)
                _join(items, last, kept)
                last = kept
            _join(items, last, i)
    heights = _heights(of_column, items)
    rows = max(len(column) for column in of_column.values())
    last = max(columns)
    spread = [0.12 + 0.76 * column / last if last else 0.5 for column in columns]
    return tuple((spread[i], heights[i]) for i in range(len(parents))), last + 1, rows


def _columns(parents):
    columns = []
    for used in parents:  # parents come first
        columns.append(1 + max((columns[i] for i in used), default=-1))
    for i in reversed(range(len(parents))):
        uses = [columns[j] for j, used in enumerate(parents) if i in used]
        columns[i] = min(uses) - 1 if uses else columns[i]
    return columns


def _join(items, a, b):
    items[a].append(b)
    items[b].append(a)


def _heights(of_column, items):
    """A height 0..1 for each item: near those it hangs together with, and apart from the others of its column."""
    rows = max(len(column) for column in of_column.values())
    apart = 0.94 / max(rows, 2)
    heights = {}
    for column in of_column.values():
        for place, item in enumerate(column):
            heights[item] = 0.5 + (place - (len(column) - 1) / 2) * apart
    for _ in range(30):
        for _, column in sorted(of_column.items(), reverse=True):
            wished = {
                item: sum(heights[other] for other in items[item]) / len(items[item]) if items[item] else 0.5
                for item in column
            }
            column.sort(key=lambda item: (round(wished[item], 6), item))
            heights |= _spaced([wished[item] for item in column], column, apart)
    return heights


def _spaced(wished, column, apart):
    """The wished heights, moved as little as keeps the items of the column apart and on the picture."""
    groups = []
    for height in wished:
        groups.append([height, 1])
        while len(groups) > 1 and groups[-1][0] - groups[-2][0] < apart * (groups[-1][1] + groups[-2][1]) / 2:
            (above, some), (below, more) = groups[-2:]
            groups[-2:] = [[(above * some + below * more) / (some + more), some + more]]
    heights = []
    for middle, count in groups:
        half = apart * (count - 1) / 2
        middle = min(max(middle, 0.03 + apart / 2 + half), 0.97 - apart / 2 - half)
        heights += [middle + (k - (count - 1) / 2) * apart for k in range(count)]
    return dict(zip(column, heights, strict=True))


# --- the graph ------------------------------------------------------------------------------------------


def net(state, arrays):
    """Every value a box with its data and gradient; the line of the last message is lit.

    A line that has carried a message shows it when it is selected.
    """
    parents, message = arrays["parents"], arrays["message"]
    places, columns, rows = layout(parents)
    nodes = []
    for i, (x, y) in enumerate(places):
        lines = [f"data {short(arrays['data'][i])}", f"grad {short(arrays['grads'][i])}"]
        mark = "wrong" if i == arrays["wrong"] else ""
        if message is not None and i == message.parent:
            lines.append(received(message))
            mark = mark or "now"
        nodes.append(Node(arrays["ids"][i], x, y, arrays["labels"][i], tuple(lines), mark=mark))
    edges = []
    sent = {(one.node, one.parent): worked_out(one, "\n") for one in arrays["messages"]}
    for i, used in enumerate(parents):
        for parent in dict.fromkeys(used):
            lit = message is not None and (message.node, message.parent) == (i, parent)
            edges.append(
                Edge(
                    f"{arrays['ids'][parent]}→{arrays['ids'][i]}",
                    arrays["ids"][parent],
                    arrays["ids"][i],
                    None,
                    sent.get((i, parent), ""),
                    arrow="source" if lit else "target",
                    double=used.count(parent) > 1,
                    strong=lit,
                )
            )
    title = f"Step {arrays['step']} of {arrays['steps']}" if arrays["step"] else "Forward: every value is known"
    if message is not None:
        title += f": {arrays['labels'][message.node]} hands on to {arrays['labels'][message.parent]}"
    return Net("graph", nodes, edges, title, width=max(610, COLUMN * columns), height=max(250, rows * ROW + 20))


def check_table(state, arrays):
    """Each gradient beside what finite differences say, from the result back to the leaves."""
    rows = []
    for i in reversed(range(len(arrays["parents"]))):
        by_hand, grad = arrays["by_hand"][i], arrays["grads"][i]
        settled = arrays["settled"][i]
        right = by_hand is None or agree(grad, by_hand)
        verdict = "" if not settled or by_hand is None else "=" if right else "≠"
        if i == arrays["wrong"]:
            verdict = "≠"
        tone = "" if settled else "muted"
        rows.append(
            [
                Cell(arrays["labels"][i], "strong" if i == arrays["wrong"] else ""),
                Cell(short(grad), tone),
                Cell(verdict, "orange" if verdict == "≠" else "muted"),
                Cell("" if by_hand is None else short(by_hand), "muted" if by_hand is None else ""),
            ]
        )
    header = ["value", "grad", "", "by hand"]
    title = "Checked by finite differences"
    return Table("check", rows, title, header, column=1, width=250)


# --- words ----------------------------------------------------------------------------------------------


def label(one):
    """A short name of a value: how it is written, or its operation where that is too long."""
    if one.text.count("=") and len(one.text) > LONGEST:
        return one.text.partition(" =")[0]
    if len(one.text) <= LONGEST:
        return one.text.replace("-", "−")
    if one.op == "power":
        return f"(…)**{one.constant:g}"
    return f"{SIGNS[one.op]}(…)" if one.op in ("tanh", "exp") else f"… {SIGNS[one.op]} …"


def worked_out(message, between=" "):
    """upstream × slope = message, and what was done instead where it was something else."""
    done = message.after - message.before
    if message.slope is None:
        return f"+ {bracketed(done)}"
    text = f"{short(message.upstream)} × {bracketed(message.slope)}{between}= {short(message.due)}"
    if agree(done, message.due) or overwritten(message):
        return text
    return f"{text},{between}but {short(done)} was added"


def received(message):
    """How the message changed the gradient that was there."""
    if overwritten(message):
        return f"{short(message.before)} was lost"
    done = message.after - message.before
    sign = "−" if done < 0 else "+"
    return f"= {short(message.before)} {sign} {short(abs(done))}"


def overwritten(message):
    """Whether the message replaced the gradient that was there instead of adding to it."""
    replaced = agree(message.after, message.due) or message.slope is None
    return replaced and message.before != 0 and not agree(message.after - message.before, message.due)


def short(value):
    """A number of at most about seven characters."""
    size = abs(value)
    if size >= 1e4 or 0 < size < 0.005:
        return f"{value:.1e}".replace("-", "−")
    return number(value, 2 if size < 1000 else 0)


def bracketed(value):
    return f"({short(value)})" if value < 0 else short(value)
