"""How many steps of the Hénon map x, y → 1 - a x² + y, b x stay near: a kernel for `manyhands run ./henon.py`."""

from manyhands import Kernel, Number, Value


def steps(a: float, b: float) -> int:
    x = y = 0.0
    for n in range(200):
        x, y = 1 - a * x * x + y, b * x
        if abs(x) > 100:
            return n
    return 200


kernel = Kernel(
    inputs={"a": Number("bend", start=0, stop=2), "b": Number("stretch", start=0, stop=0.5)},
    values={"steps": Value("steps that stay near", dtype="uint16")},
    point=steps,
)
