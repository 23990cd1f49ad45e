"""e^x with the bits of shared/kernels/maths/exp.ts, for axes in steps of an even ratio."""

from __future__ import annotations

from math import inf, ldexp, nan

from .exp_table import EXP_TABLE

SHIFT = 6755399441055744.0
STEPS_PER_ONE = 92.33248261689366
STEP_HIGH = 0.010830424696223417
STEP_LOW = 2.572804622327669e-14
C2 = 0.5
C3 = 0.16666666666661334
C4 = 0.04166666666664933
C5 = 0.008333340607738868
C6 = 0.0013888901619098204


def exp(x: float) -> float:
    """e^x, the same bits on every machine."""
    if not -745.2 < x < 709.8:
        return inf if x > 0 else 0.0 if x < 0 else nan
    steps = x * STEPS_PER_ONE + SHIFT - SHIFT
    n = int(steps)
    r = x - steps * STEP_HIGH - steps * STEP_LOW + 0.0
    r2 = r * r
    lacking, scale = EXP_TABLE[n & 63]
    rest = lacking + r + r2 * (C2 + r * C3 + r2 * (C4 + r * C5 + r2 * C6))
    y = scale + scale * rest
    e = n >> 6
    return ldexp(y, e) if -1022 <= e <= 1023 else _at_ends(y, scale - y + scale * rest, e)


def _at_ends(y: float, low: float, e: int) -> float:
    if e > 0:
        return ldexp(y, 1023) * ldexp(1.0, e - 1023)
    if e < -1076:
        return 0.0
    to_last_bit = ldexp(1.0, -1022 - e)
    total = to_last_bit + y
    return ldexp((total + (to_last_bit - total + y + low) - to_last_bit) * 0.25, e + 2)
