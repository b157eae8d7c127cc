"""The line under a cell that trains for long."""

import numpy as np
import torch

from course import watching


def test_it_is_a_loop_that_tells_how_far_it_is(monkeypatch):
    said, clock = [], iter(np.arange(0.0, 100.0, 1.5))
    monkeypatch.setattr(watching._Line, "say", lambda self, text: said.append(text))
    monkeypatch.setattr(watching.time, "perf_counter", lambda: next(clock))
    assert list(watching.watched(range(8), lambda: 0.25)) == list(range(8))
    assert len(watching.watched(range(8))) == 8
    assert said[0].startswith("1 of 8 done, loss 0.250, 3 s so far, about 21 s to go. You may close this tab")


def test_a_loss_is_looked_at_without_a_trace():
    model = torch.nn.Sequential(torch.nn.BatchNorm1d(4), torch.nn.Dropout(), torch.nn.Linear(4, 3))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    X, y = np.ones((5, 4), np.float32), np.zeros(5, int)
    assert watching.loss_on(model, X, y)() > 0
    assert model.training and all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
