"""What the X-ray draws: the plane of inputs, the net box by box, the sum of the selected neuron."""

import numpy as np

from course.figures.scene import Cell, Edge, Field, Net, Node, Plot, Points, Table, Thing, number

from .networks import CORNER_CLASSES, CORNERS, DIGIT, EDGE, IDENTITY, XOR, place_of

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LISTED = 5  # contributions to a digit's neuron that are listed


def plane(state, arrays):
    """The square of inputs with the probability of class 1 at each, and the input to drag."""
    span = (-EDGE, EDGE)
    layers = [Field(arrays["field"], span, span, low=0.0, high=1.0, contour=0.5, label="class 1:")]
    if state["network"] in (XOR, IDENTITY) or state["edits"]:
        layers.append(Points(CORNERS, classes=CORNER_CLASSES, marks=~arrays["corners"]))
    thing = Thing("input", state["x1"], state["x2"], "input")
    title = "Drag the input"
    return Plot("plane", span, span, layers, [thing], title, xlabel="x₁", ylabel="x₂", width=258, height=258)


def net(state, arrays, width, height, column):
    """Every neuron a box, every weight a line."""
    names, digit = arrays["names"], state["network"] == DIGIT
    nodes = digit_nodes(state, arrays) if digit else all_nodes(state, arrays)
    shown = {node.id for node in nodes}
    outputs = [arrays["x"], *arrays["a"]]
    edges = []
    for layer, (W, _) in enumerate(arrays["params"]):
        for i, source in enumerate(names[layer]):
            if source not in shown:
                continue
            a = float(outputs[layer][i])
            for j, target in enumerate(names[layer + 1]):
                edge, weight = f"{source}→{target}", float(W[i, j])
                quiet = digit and state["selected"] not in (edge, source, target)
                label = ""
                if state["selected"] == edge:
                    product = f"{number(weight)} · {number(a)} = {number(weight * a)}"
                    label = f"W{layer + 1}[{i}, {j}] · {marked(source)} = {product}"
                edges.append(Edge(edge, source, target, weight, label, faded=quiet or (layer > 0 and a == 0)))
    captions = [] if digit else [(x, text) for x, text in zip(columns(names), column_titles(names), strict=True)]
    parameters = f"{arrays['count']} weights and biases" if not state["collapsed"] else "Collapsed into one layer"
    return Net("net", nodes, edges, parameters, captions, width, height, column)


def all_nodes(state, arrays):
    """Inputs, hidden neurons with z and a, scores, probabilities."""
    names, places = arrays["names"], columns(arrays["names"])
    nodes = []
    for i, name in enumerate(names[0]):
        x = float(arrays["x"][i])
        nodes.append(Node(name, places[0], row(i, 2), marked(name), (number(x),), bar=x / EDGE))
    for layer in range(1, len(names)):
        for i, name in enumerate(names[layer]):
            at = (places[layer], row(i, len(names[layer])))
            nodes.append(neuron_node(state, arrays, layer, i, name, *at))
    for i, p in enumerate(arrays["p"]):
        nodes.append(Node(f"p{i}", places[-1], row(i, len(arrays["p"])), f"p({i})", (number(p),)))
    return nodes


def neuron_node(state, arrays, layer, i, name, x, y):
    z = float(arrays["z"][layer - 1][i])
    if layer == len(arrays["names"]) - 1:
        return Node(name, x, y, name, (f"z {number(z)}",), bar=z / EDGE)
    a, killed = float(arrays["a"][layer - 1][i]), name in state["killed"]
    lines = (f"z {number(z)}", "killed" if killed else f"a {number(a)}")
    return Node(name, x, y, name, lines, bar=a / EDGE, dead=killed or a == 0)


def digit_nodes(state, arrays):
    """The hidden neurons in two columns, the classes in one; the pixels are on the pad."""
    names, nodes = arrays["names"], []
    for i, name in enumerate(names[1] if len(names) == 3 else []):
        a, killed = float(arrays["a"][0][i]), name in state["killed"]
        place = (0.12 + 0.26 * (i % 2), 0.06 + 0.88 * (i // 2 + 0.25 * (i % 2)) / 7.25)
        text = "killed" if killed else f"a {number(a)}"
        nodes.append(Node(name, *place, name, (text,), bar=a / (2 * EDGE), dead=killed or a == 0))
    for i, z in enumerate(arrays["z"][-1]):
        nodes.append(Node(f"class {i}", 0.88, 0.05 + 0.9 * i / 9, f"class {i}", (f"z {number(z)}",)))
    return nodes


def pixel_picture(state, arrays):
    """How much each pixel adds to the selected neuron, through all neurons that are alive."""
    place = place_of(state["selected"], arrays["names"])
    if place is None or len(place) != 2 or place[0] == 0:
        place = (len(arrays["names"]) - 1, int(np.argmax(arrays["p"])))
    by_pixel = arrays["params"][0][0]
    if place[0] == 2:
        alive = ~arrays["killed"][0] & ((arrays["a"][0] != 0) | (not state["relu"]))
        by_pixel = (by_pixel * alive) @ arrays["params"][1][0]
    share = (arrays["x"] * by_pixel[:, place[1]]).reshape(8, 8)[::-1]
    high = max(1.0, float(np.abs(share).max()))
    field = Field(np.kron(share, np.ones((4, 4))), (-0.375, 7.375), (-0.375, 7.375), -high, high, label="adds")
    title = f"Pixels add to {arrays['names'][place[0]][place[1]]}"
    return Plot("pixels", (-0.5, 7.5), (-0.5, 7.5), [field], title=title, width=160, height=160, axes=False)


# --- the sum of one neuron ------------------------------------------------------------------------------


def sum_of(state, arrays, column):
    """The selected neuron's sum, term by term."""
    names, chosen = arrays["names"], state["selected"] or ""
    if chosen in ("p0", "p1"):
        return softmax_table(arrays, column)
    place = place_of(chosen, names)
    layer, i = (place[0] + 1, place[2]) if place and len(place) == 3 else place or (0, 0)
    if layer == 0:
        text = [[Cell("Select a neuron or a line to see its sum.", "muted")]]
        return Table("sum", text, "The sum", column=column, width=250)
    W, b = arrays["params"][layer - 1]
    inputs = (arrays["x"] if layer == 1 else arrays["a"][layer - 2]).tolist()
    products = [
        (source, float(w), x, float(w) * x) for source, w, x in zip(names[layer - 1], W[:, i], inputs, strict=True)
    ]
    rows = contribution_rows(products, source_of(chosen))
    added = layer == len(names) - 1 and arrays["shift"]
    rows.append([f"bias + {number(added, 1)}" if added else "bias", "", signed(float(b[i]))])
    rule = len(rows)
    rows.append([Cell("z, their sum", "strong"), "", signed(float(arrays["z"][layer - 1][i]))])
    if layer < len(names) - 1:
        name = names[layer][i]
        how = "killed" if name in state["killed"] else "a = relu(z)" if state["relu"] else "a = z"
        rows.append([Cell(how, "strong"), "", number(float(arrays["a"][layer - 1][i]))])
    title = f"The sum of {names[layer][i]}"
    return Table("sum", rows, title, header=["from", "weight · input", "adds"], rule=rule, column=column, width=250)


def contribution_rows(products, chosen):
    """One row per term; of many terms the largest, and the others in one row."""
    listed, others = products, []
    if len(products) > 2 * LISTED:
        ordered = sorted(products, key=lambda product: -abs(product[3]))
        listed, others = ordered[:LISTED], ordered[LISTED:]
    rows = []
    for source, weight, x, product in listed:
        tone = "strong" if source == chosen else ""
        rows.append([Cell(marked(source), tone), f"{number(weight)} · {number(x)}", signed(product)])
    if others:
        rows.append([Cell(f"{len(others)} others", "muted"), "", signed(sum(product for *_, product in others))])
    return rows


def softmax_table(arrays, column):
    scores = arrays["z"][-1]
    powers = np.exp(scores - scores.max())
    rows = [
        [f"class {i}", number(z), number(power), Cell(number(p), "strong")]
        for i, (z, power, p) in enumerate(zip(scores, powers, arrays["p"], strict=True))
    ]
    rows.append(["sum", "", number(powers.sum()), number(arrays["p"].sum())])
    header = ["", "score z", "e^(z − largest)", "share"]
    return Table("sum", rows, "From scores to probabilities", header, rule=len(rows) - 1, column=column, width=250)


# --- places and words -----------------------------------------------------------------------------------


def columns(names):
    """Where each layer stands, and behind the last one the probabilities."""
    return [0.08 + 0.84 * i / len(names) for i in range(len(names) + 1)]


def column_titles(names):
    return ["input", *(f"hidden {layer[0][0]}" for layer in names[1:-1]), "scores", "softmax"]


def row(i, count):
    return 0.53 + (i - (count - 1) / 2) * 0.31


def source_of(part):
    return part.partition("→")[0] if "→" in part else ""


def marked(name):
    """x1 as x₁; other names as they are."""
    return name.translate(SUBSCRIPTS) if name.startswith("x") else name


def signed(value):
    """A number in the colour of its sign."""
    return Cell(number(value), "blue" if value >= 0 else "orange")
