"""All doors to what torch does are shut by one name: what counts is the operator below, not the way to it."""

import pytest
import torch_doors
from test_forbidden import outcome_of

pytestmark = pytest.mark.filterwarnings("ignore")  # torch calls some of the doors outdated


@pytest.mark.parametrize(
    ("forbids", "way"), [(names, way) for names, ways in torch_doors.DOORS.items() for way in ways]
)
def test_every_door_is_shut(forbids, way):
    given = "torch.arange(36.0).reshape(1, 1, 6, 6), torch.ones(1, 1, 2, 2), torch.ones(2, 5, 3)"
    result = outcome_of(forbids, f"def answer(x, w, s): return {way}", given, **vars(torch_doors))
    assert result.forbidden, result.error
