"""Numbers that the Node kernels give, by `randomOf` and `exp` of shared/kernels/maths."""

import numpy as np
import pytest

from manyhands.grid import Axis, coordinates, nearest
from manyhands.maths import exp
from manyhands.random_numbers import CellRandom, random_of

RANDOM = {
    (0, 0): [0.18830282972553158, 0.22070574447598978, 0.9230338222315209],
    (42, 1_000_000): [0.562580094456274, 0.2934358809489491, 0.9292477804978613],
    (2**53 - 1, 2**40 + 7): [0.9139730909595367, 0.9025399242804455, 0.6309957215378386],
}


@pytest.mark.parametrize("seed_and_cell", RANDOM)
def test_a_cell_has_the_random_numbers_that_it_has_elsewhere(seed_and_cell: tuple[int, int]) -> None:
    following = random_of(*seed_and_cell)
    assert [following() for _ in range(3)] == RANDOM[seed_and_cell]


def test_cells_go_on_together_with_the_same_numbers() -> None:
    cells = np.array([[0, 3], [5, 2**33]], np.uint64)
    together = CellRandom(7, cells)
    alone = [random_of(7, int(cell)) for cell in cells.ravel()]
    for _ in range(4):
        assert together().ravel().tolist() == [each() for each in alone]


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0, 1),
        (1, 2.718281828459045),
        (-1.5, 0.22313016014842982),
        (0.1, 1.1051709180756477),
        (709.7, 1.6549840276802644e308),
    ]
    + [(-740.3, 3.1e-322), (-708.5, 2.006132305331306e-308), (710, float("inf")), (-746, 0)],
)
def test_exp_has_the_same_bits(x: float, expected: float) -> None:
    assert exp(x) == expected


def test_accumulated_points_have_the_bits_of_repeated_addition() -> None:
    axis = Axis("x", "accumulate", 0.1, 0.1, 50)
    point, points = 0.1, []
    for _ in range(50):
        points.append(point)
        point += 0.1
    assert coordinates(axis, 30, 50).tolist() == points[30:]
    assert coordinates(axis, 30, 50).tolist() != [0.1 + i * 0.1 for i in range(30, 50)]


def test_words_have_their_places_and_the_nearest_point_of_numbers_is_meant() -> None:
    words = Axis("method", "list", points=("euler", "heun", "rk4"))
    assert coordinates(words, 1, 3).tolist() == [1, 2]
    assert (nearest(words, "heun"), nearest(words, "none"), nearest(words, 1.0)) == (1, None, None)
    assert nearest(Axis("x", "index", 0, 0.25, 9), 0.6) == 2
