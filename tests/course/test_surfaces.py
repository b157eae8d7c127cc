"""The surfaces and the trails over them: slopes against autograd, lowest points, and where a path leaves."""

import numpy as np
import pytest
import torch

from course.surfaces import BOWL, RAVINE, SADDLE, SURFACES, heights
from course.trails import apart, brief, ground, left_at, loss_range, step_dots, step_numbers, trail, way_out

TORCH = {
    "bowl": lambda x, y: 0.5 * (x**2 + y**2),
    "ravine": lambda x, y: 0.5 * (x**2 + 25 * y**2),
    "saddle": lambda x, y: 0.5 * (x**2 - y**2),
    "Rastrigin": lambda x, y: 20 + x**2 - 10 * torch.cos(2 * torch.pi * x) + y**2 - 10 * torch.cos(2 * torch.pi * y),
    "Rosenbrock": lambda x, y: (1 - x) ** 2 + 10 * (y - x**2) ** 2,
}
FRAME = (-4.0, 4.0), (-3.0, 3.0)


@pytest.mark.parametrize("name", SURFACES)
def test_heights_and_slopes_agree_with_autograd(name):
    surface = SURFACES[name]
    places = np.random.default_rng(3).uniform(-2, 2, (20, 2))
    w = torch.tensor(places, requires_grad=True)
    height = TORCH[name](w[:, 0], w[:, 1])
    height.sum().backward()
    np.testing.assert_allclose(surface.height(places), height.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(surface.slope(places), w.grad.numpy(), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(surface.height(places.reshape(4, 5, 2)), surface.height(places).reshape(4, 5))


@pytest.mark.parametrize("name", SURFACES)
def test_lowest_points_are_in_sight_and_have_height_zero(name):
    surface = SURFACES[name]
    values = heights(surface)
    if surface.lowest is None:
        assert values.min() < 0 < values.max()
    else:
        assert surface.height(np.array(surface.lowest)) == pytest.approx(0, abs=1e-12)
        assert values.min() >= 0
    for place in (surface.start, surface.lowest or surface.start):
        assert surface.x[0] < place[0] < surface.x[1]
        assert surface.y[0] < place[1] < surface.y[1]
    assert values.min() < min(surface.levels) < max(surface.levels) < values.max()


def test_one_unit_is_as_long_across_as_up_so_that_gradients_stand_square_on_the_maps_lines():
    for surface in SURFACES.values():
        across, up = surface.x[1] - surface.x[0], surface.y[1] - surface.y[0]
        assert across / up == pytest.approx(4 / 3)


def test_a_map_is_white_at_height_zero():
    for surface in (BOWL, RAVINE, SADDLE):
        land = ground(surface)[0]
        assert land.low == -land.high


def test_the_lowest_place_is_marked_where_there_is_one():
    assert [layer.xy.tolist() for layer in ground(BOWL)[1:]] == [[[0.0, 0.0]]]
    assert ground(SADDLE)[1:] == []


def test_a_path_that_comes_back_has_not_left():
    path = np.array([[0.0, 0.0], [9.0, 0.0], [1.0, 0.0]])
    assert left_at(path, *FRAME) is None
    assert way_out(path, *FRAME, "gone") == []
    assert left_at(np.array([[0.0, 0.0], [9.0, 0.0], [1.0, 0.0], [0.0, 5.0], [0.0, np.nan]]), *FRAME) == 3


def test_the_arrowhead_stands_where_the_frame_is_crossed():
    path = np.array([[0.0, 0.0], [2.0, 1.0], [10.0, 5.0]])
    arrow, words = way_out(path, *FRAME, "diverged at step 2")
    assert (arrow.x1, arrow.y1) == (pytest.approx(4.0), pytest.approx(2.0))
    assert words.text == "diverged at step 2"
    upwards, _ = way_out(np.array([[0.0, 0.0], [0.0, np.inf]]), *FRAME, "")
    assert (upwards.x1, upwards.y1) == (0.0, pytest.approx(3.0))


def test_a_trail_ends_with_the_step_that_leaves():
    path = np.array([[0.0, 0.0], [2.0, 1.0], [10.0, 5.0], [-90.0, 5.0], [np.nan, np.nan]])
    assert trail(path, *FRAME, series=1).xy.tolist() == path[:3].tolist()
    assert step_dots(path, *FRAME, series=1).xy.tolist() == path[:2].tolist()


def test_numbers_are_written_only_where_there_is_room():
    path = np.stack([np.linspace(-3, 3, 1001), np.zeros(1001)], axis=-1)
    steps = [int(text.text) for text in step_numbers(path, *FRAME)]
    assert steps[0] > 100
    assert np.diff(steps).min() > 100
    assert apart(np.zeros((50, 2)), *FRAME, 0.1) == [0]


def test_a_loss_axis_holds_the_losses_and_moves_in_large_steps():
    assert loss_range([np.array([17.0, 1.3])]) == (1e-2, 1e2)
    assert loss_range([np.array([17.0, 7e-4]), np.array([np.nan, 5e9])]) == (1e-6, 1e10)
    low, high = loss_range([np.array([2.0, -464.0])], log=False)
    assert low < -464 < 2 < high


def test_losses_are_written_briefly():
    assert [brief(value) for value in (17.0, 1.3472, 7.433e-4, 9.65e-9, 1.71e22, -464.1, np.inf)] == [
        "17",
        "1.35",
        "0.000743",
        "9.65e−9",
        "1.71e22",
        "−464",
        "beyond all numbers",
    ]
