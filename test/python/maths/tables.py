"""Tables of shared/kernels/maths, from mpmath: writes its *.generated.ts.

pip install mpmath==1.4.1; python test/python/maths/tables.py
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mpmath import floor, log, mp, mpf, nint, pi

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "kernels" / "maths"
STEPS = 64
# The first interval of the logarithm's table begins at the double with this high word; 1 is in the middle of one.
FIRST_HIGH_WORD = 0x3FE62000
mp.prec = 2500


def exp_rows() -> Iterable[float]:
    """What 2^(i/64) lacks of its double, relative to it, and the double."""
    for i in range(STEPS):
        exact = mpf(2) ** (mpf(i) / STEPS)
        rounded = float(exact)
        yield float((exact - rounded) / rounded)
        yield rounded


def log_rows() -> Iterable[float]:
    """1/c with ten bits, log c in multiples of 2^-42, and what that lacks; c is near the interval's middle."""
    for i in range(STEPS):
        begin, end = (double_of(FIRST_HIGH_WORD + ((i + step) << 14)) for step in (0, 1))
        inverse = 1.0 if begin < 1 < end else float(nint(1024 / (begin + end)) / 512)
        exact = -log(mpf(inverse))
        rounded = float(nint(exact * 2**42) / 2**42)
        yield from (inverse, rounded, float(exact - rounded))


def double_of(high_word: int) -> mpf:
    """The double whose low word is zero."""
    return (1 + mpf(high_word & 0xFFFFF) / 2**20) * mpf(2) ** ((high_word >> 20) - 1023)


def two_over_pi_digits(count: int) -> Iterable[int]:
    rest = 2 / pi
    for _ in range(count):
        digit = floor(rest * 2**24)
        rest = rest * 2**24 - digit
        yield int(digit)


def write(name: str, about: str, constant: str, kind: str, values: Iterable[float]) -> None:
    words = [repr(value).replace("e-0", "e-").replace(".0,", ",") for value in values]
    words = [word.removesuffix(".0") for word in words]
    lines = [", ".join(words[start : start + 6]) for start in range(0, len(words), 6)]
    text = ",\n  ".join(lines)
    source = f"""// Made by test/python/maths/tables.py.
/** {about} */
export const {constant}: {kind} = /* @__PURE__ */ new {kind}([
  {text},
]);
"""
    (FOLDER / f"{name}.generated.ts").write_text(source)


if __name__ == "__main__":
    write("exp-table", " ".join((exp_rows.__doc__ or "").split()), "EXP_TABLE", "Float64Array", exp_rows())
    write("log-table", " ".join((log_rows.__doc__ or "").split()), "LOG_TABLE", "Float64Array", log_rows())
    write("two-over-pi", "2/π in digits to the base 2^24.", "TWO_OVER_PI", "Int32Array", two_over_pi_digits(54))
    ln2 = log(mpf(2))
    for name, high in [("ln 2", nint(ln2 * 2**42) / 2**42), ("ln 2 / 64", nint(ln2 / 64 * 2**42) / 2**42)]:
        whole = ln2 if name == "ln 2" else ln2 / 64
        print(name, repr(float(high)), repr(float(whole - high)))
    for name, whole, bits in [("1/ln 2", 1 / ln2, 24), ("1/ln 10", 1 / log(mpf(10)), 26)]:
        high = nint(whole * 2**bits) / 2**bits
        print(name, repr(float(high)), repr(float(whole - high)), repr(float(whole)))
    for name, whole in [("pi/2", pi / 2), ("pi", +pi), ("ln2", ln2)]:
        print(name, repr(float(whole)), repr(float(whole - float(whole))))
    print("64/ln 2", repr(float(64 / ln2)))
