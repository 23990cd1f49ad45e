"""Inputs for shared/kernels/maths where errors are likely, and what each function gives there exactly, by mpmath."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable, Iterator

from mpmath import mp, mpf

ONE = [
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "exp",
    "expm1",
    "log",
    "log1p",
    "log2",
    "log10",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "acosh",
    "atanh",
    "cbrt",
]
TWO = ["pow", "atan2", "hypot"]
NAMES = [*ONE, *TWO]
Row = tuple[float, float, float, float]
mp.prec = 200

FUNCTIONS: dict[str, Callable[..., mpf]] = {
    **{name: getattr(mp, name) for name in ONE if hasattr(mp, name)},
    "log2": lambda x: mp.log(x) / mp.log(2),
    "cbrt": lambda x: mp.cbrt(x) if x >= 0 else -mp.cbrt(-x),
    "pow": mp.power,
    "atan2": mp.atan2,
    "hypot": mp.hypot,
}
DOMAINS: dict[str, Callable[[float], bool]] = {
    **dict.fromkeys(["asin", "acos"], lambda x: abs(x) <= 1),
    "atanh": lambda x: abs(x) < 1,
    "acosh": lambda x: x >= 1,
    "log1p": lambda x: x > -1,
    **dict.fromkeys(["log", "log2", "log10", "pow"], lambda x: x > 0),
    **dict.fromkeys(["exp", "expm1", "sinh", "cosh"], lambda x: -745.2 < x < 710.5),
}
# Where a function's way of computing changes, and what it must meet exactly.
# The doubles nearest to multiples of pi/2, below 2^20 of them and among all.
WORST_ANGLES = [321307.9594422229, math.ldexp(6381956970095103, 797)]
POINTS = {
    **dict.fromkeys(["sin", "cos", "tan"], WORST_ANGLES),
    "asin": [0.5, 0.975, 1.0],
    "acos": [0.5, 1.0],
    "atan": [0.4375, 0.6875, 1.1875, 2.4375, 2.0**66],
    "exp": [709.782712893384, -708.3964185322641, -745.1332191019411],
    "expm1": [0.3, 40.0, 709.782712893384],
    "log1p": [2.0**-8, 1.0, 2.0**53],
    "sinh": [0.5, 24.0, 710.4758600739439],
    "cosh": [24.0, 710.4758600739439],
    "tanh": [0.4, 22.0, 0.01],
    "asinh": [0.2, 2.0**28, 1.7976931348623157e308],
    "acosh": [1.0, 1.0 + 2.0**-52, 2.0**28, 1.7976931348623157e308],
    "atanh": [0.2, 0.5, 1.0 - 2.0**-53],
    "log2": [2.0**n for n in (-1074, -1022, -1, 1, 1023)],
    "log10": [10.0**n for n in (-5, 1, 2, 22)],
    "cbrt": [8.0, 27.0, 1e-30, 1e30, 5e-324],
}


def rows(name: str, count: int, seed: int) -> Iterator[Row]:
    """`count` rows of x, y (0 for functions of one argument), the result rounded, and what it lacks in units of its last place."""
    source = random.Random(f"{name} {seed}")
    inside = DOMAINS.get(name, lambda x: True)
    for x, y in inputs(name, source):
        if count == 0:
            return
        if not inside(x) or (name in TWO and 0 in (x, y)):  # mpmath knows no -0
            continue
        exact = exactly(name, x, y)
        rounded = nearest(exact)
        if math.isfinite(rounded):
            count -= 1
            yield x, y, rounded, float((exact - mpf(rounded)) / mpf(math.ulp(rounded)))


def exactly(name: str, x: float, y: float) -> mpf:
    # sin(x) needs as many bits more as x has before its point, 1.0000001^y those of y.
    with mp.workprec(1300 if abs(x) > 1e5 and name in ("sin", "cos", "tan") else 200):
        return FUNCTIONS[name](mpf(x), mpf(y)) if name in TWO else FUNCTIONS[name](mpf(x))


def nearest(exact: mpf) -> float:
    """The double next to it, subnormal ones too; infinite beyond the largest."""
    if abs(exact) >= mpf(2) ** 1024 - mpf(2) ** 970:
        return math.inf
    exponent = max(mp.frexp(exact)[1] - 53, -1074) if exact else 0
    return math.ldexp(int(mp.nint(mp.ldexp(exact, -exponent))), exponent)


def inputs(name: str, source: random.Random) -> Iterator[tuple[float, float]]:
    for point in POINTS.get(name, []):
        for x in (point, math.nextafter(point, math.inf), math.nextafter(point, -math.inf)):
            for signed in (x, -x):
                if math.isfinite(x):
                    yield signed, source.uniform(-3, 3) if name in TWO else 0.0
    while True:
        x = one_input(name, source)
        yield (x, partner(name, x, source)) if name in TWO else (x, 0.0)


def one_input(name: str, source: random.Random) -> float:
    sign = source.choice((-1, 1))
    kind = source.randrange(10)
    if kind == 0:  # any bits
        x = float(struct.unpack("<d", source.randbytes(8))[0])
        return x if math.isfinite(x) else 1.0
    if kind == 1:  # subnormal
        return sign * source.getrandbits(source.randrange(1, 53)) * 5e-324
    if kind <= 3:  # any exponent near 1
        return sign * math.ldexp(1 + source.random(), source.randrange(-40, 20))
    if kind == 4:  # next to a multiple of pi/2, of any size
        multiple = source.randrange(1, 2 ** source.randrange(1, 60)) * math.pi / 2
        return sign * multiple * (1 + source.randrange(-3, 4) * 2.0**-53)
    if kind == 5:  # next to 1
        return sign * (1 + (source.random() - 0.5) * 2.0 ** -source.randrange(0, 52))
    if name in ("exp", "expm1", "sinh", "cosh") and kind <= 7:
        return source.uniform(-746, 711)
    return sign * source.random() * source.choice((1, 1, 4, 30))


def partner(name: str, x: float, source: random.Random) -> float:
    if name == "pow" and source.random() < 0.8:  # a power within range
        log = math.log(abs(x)) if x else 0.0
        return source.uniform(-745, 709) / log if abs(log) > 1e-300 else 3.0
    if name != "pow" and source.random() < 0.8:  # of x's size
        return x * math.ldexp(source.uniform(-2, 2), source.randrange(-12, 13)) if abs(x) < 1e300 else x
    return one_input(name, source)
