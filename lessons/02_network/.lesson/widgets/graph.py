"""The X-ray's own way, for pictures that can't run on your functions yet: a whole network as one table of weights.

All neurons stand in a row: a 1 for the biases, the inputs, then layer by layer. Entry (i, j) of the table is the weight
of the line from i to j. Put on all neurons together, once per layer, it brings the numbers through.
"""

import numpy as np
from scipy import special


class Graph:
    """A network, list of (W, b), as one table. killed: flags per hidden layer; bend: whether hidden neurons bend."""

    def __init__(self, params, killed, bend):
        self.ends = np.cumsum([1, len(params[0][0]), *(len(b) for _, b in params)])
        self.table = np.zeros((self.ends[-1], self.ends[-1]))
        for (W, b), i, j, k in zip(params, self.ends, self.ends[1:], self.ends[2:], strict=False):
            self.table[i:j, j:k], self.table[0, j:k] = W, b
        self.killed = np.concatenate(killed) if killed else False
        self.bend = bend

    def settle(self, rows):
        """What all neurons are once nothing changes any more: their sums, and what they pass on."""
        hidden = slice(self.ends[1], self.ends[-2])
        on = np.zeros((len(rows), self.ends[-1]))
        on[:, 0], on[:, 1 : self.ends[1]] = 1, rows
        for _ in self.ends[2:]:
            sums = on @ self.table
            passed = sums[:, hidden].clip(0) if self.bend else sums[:, hidden]
            on[:, hidden] = np.where(self.killed, 0.0, passed)
        return sums, on

    def layers(self, values):
        """Values of all neurons as a list, one entry per layer behind the inputs."""
        return np.split(values[:, self.ends[1] :], self.ends[2:-1] - self.ends[1], axis=1)


def at_once(state, params, killed, X, probe):
    """All numbers of the picture: `by_functions` in one go."""
    rows = np.vstack([X, probe])
    net = Graph(params, killed, state["relu"])
    sums, on = (net.layers(values) for values in net.settle(rows))
    deep = special.softmax(sums[-1], axis=1)
    found = {"shown": params, "everywhere": deep[1:], "used": [a[1:] for a in on[:-1]], "difference": 0.0}
    if not state["collapsed"]:
        return found | {"z": [z[0] for z in sums], "a": [a[0] for a in on[:-1]], "p": deep[0]}
    straight = Graph(params, killed, bend=False)
    ends = straight.layers(straight.settle(np.vstack([0 * X, np.eye(X.shape[1])]))[0])[-1]
    W, b = ends[1:] - ends[0], ends[0]  # what each input adds to the scores, and what is there without any
    scores = rows @ W + b
    one = special.softmax(scores, axis=1)
    found |= {"shown": [(W, b)], "everywhere": one[1:], "used": [], "difference": abs(one - deep)[1:].max()}
    return found | {"z": [scores[0]], "a": [], "p": one[0]}


def shows_something(params, X):
    """Whether both classes occur over these inputs, every hidden neuron lives, and some inputs leave only one alive."""
    sums, on = Graph(params, [], bend=True).settle(X)
    alive = on[:, 3:-2] > 0
    blue = special.expit(sums[:, -1] - sums[:, -2]).mean()
    return 0.2 < blue < 0.8 and (alive.sum(axis=1) == 1).mean() > 0.02 and (alive.mean(axis=0) > 0.1).all()
