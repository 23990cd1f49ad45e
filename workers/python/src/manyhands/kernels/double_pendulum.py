"""The time at which a double pendulum first flips, step by step as shared/kernels/double-pendulum has it."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, pi
from typing import Any

import numpy as np

from manyhands.declaration import Kernel, Number, Value
from manyhands.grid import Floats

TWO_OVER_PI = 0.6366197723675814
HALF_PI_1 = 1.5707963267341256
HALF_PI_2 = 6.077100506303966e-11
HALF_PI_3 = 2.0222662487959506e-21
S1, S2, S3 = -0.16666666666666632, 0.00833333333332249, -0.0001984126982985795
S4, S5, S6 = 2.7557313707070068e-6, -2.5050760253406863e-8, 1.58969099521155e-10
C1, C2, C3 = 0.0416666666666666, -0.001388888888887411, 2.480158728948673e-5
C4, C5, C6 = -2.7557314351390663e-7, 2.087572321298175e-9, -1.1359647557788195e-11


def sin_cos(x: Floats) -> tuple[Floats, Floats]:
    """Sine and cosine from + - * and rounding down alone: numpy's own have other bits on other machines."""
    quarter = np.floor(x * TWO_OVER_PI + 0.5)
    r = x - quarter * HALF_PI_1 - quarter * HALF_PI_2 - quarter * HALF_PI_3
    z = r * r
    sine = r + r * z * (S1 + z * (S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)))))
    cosine = 1 - 0.5 * z + z * z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6)))))
    turned = quarter - 4 * np.floor(quarter / 4)
    turns = [turned == 0, turned == 1, turned == 2]
    return np.select(turns, [sine, cosine, -sine], -cosine), np.select(turns, [cosine, -sine, -cosine], sine)


def fill(window: Mapping[str, Any], out: Floats, _tools: object) -> None:
    second, first = np.broadcast_arrays(window["angle2"], window["angle1"])
    names = ("duration", "timeStep", "gravity", "length1", "length2", "mass1", "mass2")
    with np.errstate(all="ignore"):
        out[...] = _times(first.ravel(), second.ravel(), *(float(window[name]) for name in names)).reshape(out.shape)


def _times(
    theta1: Floats,
    theta2: Floats,
    duration: float,
    time_step: float,
    gravity: float,
    length1: float,
    length2: float,
    mass1: float,
    mass2: float,
) -> Floats:
    masses = mass1 + mass2
    twice_first = 2 * mass1 + mass2

    def accelerate(angle1: Floats, angle2: Floats, speed1: Floats, speed2: Floats) -> tuple[Floats, Floats]:
        sin1, cos1 = sin_cos(angle1)
        sin2, cos2 = sin_cos(angle2)
        sin_d = sin1 * cos2 - cos1 * sin2
        cos_d = cos1 * cos2 + sin1 * sin2
        square1 = speed1 * speed1 * length1
        square2 = speed2 * speed2 * length2
        shared = twice_first - mass2 * (1 - 2 * sin_d * sin_d)
        rate1 = (
            -gravity * (twice_first * sin1 + mass2 * (sin_d * cos2 - cos_d * sin2))
            - 2 * sin_d * mass2 * (square2 + square1 * cos_d)
        ) / (length1 * shared)
        rate2 = (2 * sin_d * (square1 * masses + gravity * masses * cos1 + square2 * mass2 * cos_d)) / (
            length2 * shared
        )
        return rate1, rate2

    times = np.full(theta1.size, duration)
    at = np.arange(theta1.size)
    upright = 2 * pi * np.floor(theta2 / (2 * pi) + 0.5)
    half, sixth = time_step / 2, time_step / 6
    speed1, speed2 = np.zeros(theta1.size), np.zeros(theta1.size)
    for step in range(ceil(duration / time_step)):
        a1, a2 = accelerate(theta1, theta2, speed1, speed2)
        speed1_b, speed2_b = speed1 + half * a1, speed2 + half * a2
        b1, b2 = accelerate(theta1 + half * speed1, theta2 + half * speed2, speed1_b, speed2_b)
        speed1_c, speed2_c = speed1 + half * b1, speed2 + half * b2
        c1, c2 = accelerate(theta1 + half * speed1_b, theta2 + half * speed2_b, speed1_c, speed2_c)
        speed1_d, speed2_d = speed1 + time_step * c1, speed2 + time_step * c2
        d1, d2 = accelerate(theta1 + time_step * speed1_c, theta2 + time_step * speed2_c, speed1_d, speed2_d)
        theta1 = theta1 + sixth * (speed1 + 2 * speed1_b + 2 * speed1_c + speed1_d)
        theta2 = theta2 + sixth * (speed2 + 2 * speed2_b + 2 * speed2_c + speed2_d)
        speed1 = speed1 + sixth * (a1 + 2 * b1 + 2 * c1 + d1)
        speed2 = speed2 + sixth * (a2 + 2 * b2 + 2 * c2 + d2)
        turned = theta2 - upright
        flips = (turned > pi) | (turned < -pi)
        if flips.any():
            times[at[flips]] = step * time_step
            at, upright = at[~flips], upright[~flips]
            theta1, theta2, speed1, speed2 = theta1[~flips], theta2[~flips], speed1[~flips], speed2[~flips]
            if at.size == 0:
                break
    return times


DOUBLE_PENDULUM = Kernel(
    name="double-pendulum",
    about="seconds until the second arm of a double pendulum first flips, over its two starting angles",
    inputs={
        "angle2": Number("second angle", "rad", 0, start=pi, stop=-pi),
        "angle1": Number("first angle", "rad", 0, start=-pi, stop=pi),
        "duration": Number("simulated time, and the value where no flip happens", "s", 10, 0.001, 1000),
        "timeStep": Number("integration step", "s", 0.01, 0.0001, 0.1),
        "gravity": Number("gravitational acceleration", "m/s²", 9.81, 0, 1000),
        "length1": Number("length of the first arm", "m", 1, 0.001, 1000),
        "length2": Number("length of the second arm", "m", 1, 0.001, 1000),
        "mass1": Number("mass at the first joint", "kg", 1, 0.001, 1000),
        "mass2": Number("mass at the end", "kg", 1, 0.001, 1000),
    },
    values={"time_to_first_flip": Value("time to first flip", "s", ("float32", "float64"))},
    fill=fill,
)
