"""Kernels of one's own: what the driver gives them, and what a wrong one is told."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from manyhands import Choice, Kernel, Number, Value, uniform
from manyhands.driver import compute_chunk
from manyhands.errors import ContractError, InvalidInputError, KernelError
from manyhands.grid import Axis
from manyhands.job import Spec
from manyhands.kernel_file import load_kernel, load_kernel_file
from manyhands.random_numbers import random_of
from manyhands.timing import TimedGrid, time_cells

INPUTS: dict[str, Number | Choice] = {
    "y": Number(start=0, stop=1),
    "x": Number(start=0, stop=1),
    "rate": Number(default=2),
    "how": Choice(("plain", "odd")),
}
HEAD = "from manyhands import Kernel, Number, Value\nX = {'x': Number(start=0, stop=1)}\n"
Y = Axis("y", "index", 0, 0.25, 4)
X = Axis("x", "index", 10, 1, 5)


def spec(*axes: Axis, dtype: str = "float64", seed: int = 0, **parameters: Any) -> Spec:
    shape = tuple(axis.length for axis in axes)
    return Spec("k", None, parameters, axes, shape, "none", seed, (("height", dtype),))


def computed(kernel: Kernel, of: Spec) -> np.ndarray[Any, Any]:
    [array] = compute_chunk(of, of.layout.chunk(0), kernel)
    return array


def fill_sum(window: Any, out: Any, _tools: object) -> None:
    out[...] = window["y"] + window["x"] * window["rate"] + (100 if window["how"] == "odd" else 0)


SUM = Kernel(name="k", inputs=INPUTS, values={"height": Value()}, fill=fill_sum)


def test_a_window_broadcasts_and_inputs_that_are_not_given_have_their_defaults() -> None:
    expected = [[y + 2 * x for x in range(10, 15)] for y in (0, 0.25, 0.5, 0.75)]
    assert computed(SUM, spec(Y, X)).tolist() == expected


def test_an_input_of_the_window_may_be_fixed_and_others_swept() -> None:
    rates = Axis("rate", "list", points=(1.0, 3.0))
    words = Axis("how", "list", points=("plain", "odd"))
    array = computed(SUM, spec(X, rates, words, y=0.5))
    assert array.shape == (5, 2, 2)
    assert array[2, 1].tolist() == [0.5 + 36, 100.5 + 36]


def test_random_numbers_follow_from_the_cells_place_in_the_whole_array() -> None:
    def fill(_window: object, out: Any, tools: Any) -> None:
        following = tools.random()
        following()
        out[...] = following()

    kernel = Kernel(
        name="k",
        inputs={"y": Number(start=0, stop=1), "x": Number(start=0, stop=1)},
        values={"height": Value()},
        fill=fill,
    )
    of = Spec("k", None, {}, (Y, X), (2, 3), "none", 9, (("height", "float64"),))
    [array] = compute_chunk(of, of.layout.chunk(3), kernel)  # rows 2 and 3, columns 3 and 4
    second = random_of(9, 3 * 5 + 4)
    second()
    assert array[1, 1] == second()


def test_whole_numbers_are_not_converted_without_a_word() -> None:
    kernel = Kernel(
        name="k",
        inputs={"x": Number(start=0, stop=1)},
        values={"height": Value()},
        fill=lambda window, out, _: np.copyto(out, window["x"]),
    )
    assert computed(kernel, spec(X, dtype="uint16")).tolist() == [10, 11, 12, 13, 14]
    for wrong in (Axis("x", "index", 0.5, 1, 2), Axis("x", "index", -1, 1, 2), Axis("x", "index", 65535, 1, 1)):
        with pytest.raises(KernelError, match="Expected a whole number from 0"):
            computed(kernel, spec(wrong, dtype="uint16"))


def test_every_nan_has_the_same_bits() -> None:
    def fill(_window: object, out: Any, _tools: object) -> None:
        out[...] = -np.float64(np.nan)

    array = computed(
        Kernel(name="k", inputs={"x": Number(start=0, stop=1)}, values={"height": Value()}, fill=fill), spec(X)
    )
    assert set(array.view(np.uint64).tolist()) == {0x7FF8000000000000}


def test_point_computes_a_cell_with_the_same_random_numbers() -> None:
    pytest.importorskip("numba", reason="numba is not installed")

    def point(x: float, rate: float, random: Any) -> float:
        return x * rate + uniform(random)

    kernel = Kernel(
        name="k",
        inputs={"x": Number(start=0, stop=1), "rate": Number(default=2)},
        values={"height": Value()},
        point=point,
    )
    array = computed(kernel, spec(X, seed=4))
    assert array.tolist() == [(10 + i) * 2 + random_of(4, i)() for i in range(5)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("import nowhere_to_be_found", "none of nowhere_to_be_found"),
        ("def f(:", "in line 1"),
        ("x = 1\nx / 0", "ZeroDivisionError: division by zero in line 2"),
        ("kernel = 3", "a file with `kernel = Kernel"),
        ("from manyhands import Kernel\nkernel = Kernel(inputs={}, values={})", "either fill or point"),
        (
            f"{HEAD}kernel = Kernel(inputs={{'x': 3}}, values={{'v': Value()}}, fill=print)",
            "a Number, a Choice or a Flag",
        ),
        (f"{HEAD}kernel = Kernel(inputs=X, values={{'v': Value()}}, fill=lambda out: None)", "(window, out, tools)"),
        (f"{HEAD}kernel = Kernel(inputs=X, values={{'v': Value()}}, point=lambda z: z)", "the inputs (x), got z"),
        ("import sys\nsys.exit(3)", "got SystemExit: 3 in line 2."),
    ],
)
def test_a_file_that_is_no_kernel_is_told_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(text)
    with pytest.raises(InvalidInputError, match="Expected .*\\.") as caught:
        load_kernel_file(str(file))
    assert sentence in str(caught.value)


def test_a_files_hash_follows_from_its_text(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    text = "from manyhands import Kernel, Number, Value\nkernel = Kernel(inputs={'x': Number(start=0, stop=1)}, values={'v': Value()}, fill=print)\n"
    file.write_text(text)
    first = load_kernel_file(str(file))
    file.write_text(text + "# another text\n")
    assert first.name == "mine"
    assert len(first.hash) == 64
    assert load_kernel_file(str(file)).hash != first.hash
    assert first.outline()["inputs"]["x"] == {"about": "", "unit": "", "from": 0, "to": 1}
    assert load_kernel(text.encode(), "a folder/Another Name.py").name == "another-name"


def test_a_file_is_its_text_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "beside.py").write_text("x = 1\n")
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each])
    monkeypatch.chdir(tmp_path)
    for text in ("import beside", "open(__file__)"):
        (tmp_path / "mine.py").write_text(text)
        with pytest.raises(InvalidInputError, match="beside|__file__"):
            load_kernel_file(str(tmp_path / "mine.py"))


def returned(window: Any, _out: object, _tools: object) -> Any:
    return window["x"]


def replaced(_window: object, out: Any, _tools: object) -> None:
    out["b"] = [1, 2]


def added(_window: object, out: Any, _tools: object) -> None:
    out["c"] = out["a"]


@pytest.mark.parametrize(
    ("fill", "values", "sentence"),
    [
        (
            returned,
            ("a",),
            "Expected fill to be a function that writes into `out` and returns nothing, got an array of",
        ),
        (replaced, ("a", "b"), r"Expected out\['b'\] to be an array of \(5,\) real numbers, got list\."),
        (added, ("a", "b"), "Expected what fill leaves in `out` to be a, b, got a, b, c."),
    ],
)
def test_a_fill_that_does_not_fill_what_it_is_given_breaks_its_contract(
    fill: Any, values: tuple[str, ...], sentence: str
) -> None:
    kernel = Kernel(inputs={"x": Number(start=0, stop=1)}, values={name: Value() for name in values}, fill=fill)
    of = replace(spec(X), values=tuple((name, "float64") for name in values))
    with pytest.raises(ContractError, match=sentence) as caught:
        compute_chunk(of, of.layout.chunk(0), replace(kernel, name="k"))
    assert caught.value.permanent


def test_sys_exit_fails_the_cell_and_not_the_process_and_complex_numbers_are_refused() -> None:
    def leave(_window: object, _out: object, _tools: object) -> None:
        sys.exit(3)

    def turn(window: Any, out: Any, _tools: object) -> None:
        out[...] = window["x"] * 1j

    for fill, sentence in ((leave, "SystemExit: 3 (test_kernels.py:"), (turn, "imaginary part (test_kernels.py:")):
        kernel = Kernel(name="k", inputs={"x": Number(start=0, stop=1)}, values={"height": Value()}, fill=fill)
        with pytest.raises(KernelError) as caught:
            computed(kernel, spec(X))
        assert sentence in str(caught.value)


def test_timing_tells_blocks_that_grow_to_the_whole_of_a_small_grid() -> None:
    kernel = Kernel(
        name="k",
        inputs={"y": Number(start=0, stop=1), "x": Number(start=0, stop=1)},
        values={"v": Value()},
        fill=fill_x,
    )
    begun, *told = time_cells(TimedGrid(kernel, (Y, X), {}, 0), budget_seconds=0.0)
    assert begun == {"begun": True}
    assert [each["cells"] for each in told] == [1, 4, 15, *[20] * 4]


def fill_x(window: Any, out: Any, _tools: object) -> None:
    out[...] = window["x"]
