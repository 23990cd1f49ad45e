"""The three kernels, computed with numpy from the maths: whole arrays at a time, float64 throughout.

The escape-time counts and `pendulum_exact` round every operation as the TypeScript kernels do, so all their cells
must agree. `pendulum_numpy` takes sine and cosine from numpy instead, and `pendulum_lagrange` also solves the
equations of motion afresh: the system is chaotic, so these two agree with the kernel in most cells, not in all.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

PI = np.pi


def mandelbrot(y: np.ndarray, x: np.ndarray, *, maxIterations: int) -> np.ndarray:
    c_im, c_re = np.meshgrid(y, x, indexing="ij")
    return escape_times(np.zeros_like(c_re), np.zeros_like(c_im), c_re, c_im, maxIterations)


def julia(y: np.ndarray, x: np.ndarray, *, maxIterations: int, cRe: float, cIm: float) -> np.ndarray:
    z_im, z_re = np.meshgrid(y, x, indexing="ij")
    return escape_times(z_re, z_im, np.full_like(z_re, cRe), np.full_like(z_im, cIm), maxIterations)


def escape_times(z_re, z_im, c_re, c_im, limit: int) -> np.ndarray:
    """Index of the first iteration of z -> z² + c that leaves |z| <= 2, else `limit`. Points that left are dropped."""
    times = np.full(z_re.size, limit, dtype=np.int64)
    index = np.arange(z_re.size)
    a, b, p, q = (values.ravel().copy() for values in (z_re, z_im, c_re, c_im))
    for iteration in range(limit):
        # Real arithmetic: numpy's complex product may fuse a multiplication with an addition.
        a, b = (a * a - b * b) + p, 2.0 * (a * b) + q
        outside = a * a + b * b > 4.0
        if outside.any():
            times[index[outside]] = iteration
            inside = ~outside
            index, a, b, p, q = (values[inside] for values in (index, a, b, p, q))
            if index.size == 0:
                break
    return times.reshape(z_re.shape)


Trig = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
# (angles, speeds) -> accelerations, each of shape [2 arms, pendulums].
Motion = Callable[[np.ndarray, np.ndarray], np.ndarray]


def pendulum_exact(y: np.ndarray, x: np.ndarray, **parameters: float) -> np.ndarray:
    return first_flip(y, x, closed_form(fdlibm_sin_cos, parameters), parameters)


def pendulum_numpy(y: np.ndarray, x: np.ndarray, **parameters: float) -> np.ndarray:
    return first_flip(y, x, closed_form(numpy_sin_cos, parameters), parameters)


def pendulum_lagrange(y: np.ndarray, x: np.ndarray, **parameters: float) -> np.ndarray:
    return first_flip(y, x, euler_lagrange(parameters), parameters)


def first_flip(y: np.ndarray, x: np.ndarray, motion: Motion, parameters: dict[str, float]) -> np.ndarray:
    """Start of the step in which the second arm passes an odd multiple of π, else `duration`; released at rest."""
    duration, h = parameters["duration"], parameters["timeStep"]
    second, first = np.meshgrid(y, x, indexing="ij")
    angles = np.stack([first.ravel(), second.ravel()])
    speeds = np.zeros_like(angles)
    nearest_hanging = 2 * PI * np.floor(angles[1] / (2 * PI) + 0.5)
    times = np.full(second.size, duration, dtype=np.float64)
    index = np.arange(second.size)
    for step in range(int(np.ceil(duration / h))):
        angles, speeds = runge_kutta(motion, angles, speeds, h)
        flipped = np.abs(angles[1] - nearest_hanging[index]) > PI
        if flipped.any():
            times[index[flipped]] = step * h
            index, angles, speeds = index[~flipped], angles[:, ~flipped], speeds[:, ~flipped]
            if index.size == 0:
                break
    return times.reshape(second.shape)


def runge_kutta(motion: Motion, angles: np.ndarray, speeds: np.ndarray, h: float) -> tuple[np.ndarray, np.ndarray]:
    """One step of the classical fourth-order method for angles' = speeds, speeds' = motion(angles, speeds)."""
    v1, a1 = speeds, motion(angles, speeds)
    v2 = speeds + h / 2 * a1
    a2 = motion(angles + h / 2 * v1, v2)
    v3 = speeds + h / 2 * a2
    a3 = motion(angles + h / 2 * v2, v3)
    v4 = speeds + h * a3
    a4 = motion(angles + h * v3, v4)
    return angles + h / 6 * (v1 + 2 * v2 + 2 * v3 + v4), speeds + h / 6 * (a1 + 2 * a2 + 2 * a3 + a4)


def closed_form(trig: Trig, parameters: dict[str, float]) -> Motion:
    """The accelerations solved for (myphysicslab.com), in the operations and the order that fix the kernel's bits."""
    g, l1, l2, m1, m2 = (parameters[name] for name in ("gravity", "length1", "length2", "mass1", "mass2"))
    total = m1 + m2
    twice = 2 * m1 + m2

    def motion(angles: np.ndarray, speeds: np.ndarray) -> np.ndarray:
        (s1, s2), (c1, c2) = trig(angles)
        sine, cosine = s1 * c2 - c1 * s2, c1 * c2 + s1 * s2  # sine and cosine of the difference of the angles
        w1, w2 = speeds[0] * speeds[0] * l1, speeds[1] * speeds[1] * l2
        below = twice - m2 * (1 - 2 * sine * sine)  # 2 m1 + m2 - m2 cos(2 (angle1 - angle2))
        bent = sine * c2 - cosine * s2  # sin(angle1 - 2 angle2)
        above1 = -g * (twice * s1 + m2 * bent) - 2 * sine * m2 * (w2 + w1 * cosine)
        above2 = 2 * sine * (w1 * total + g * total * c1 + w2 * m2 * cosine)
        return np.stack([above1 / (l1 * below), above2 / (l2 * below)])

    return motion


def euler_lagrange(parameters: dict[str, float]) -> Motion:
    """The same motion from the Lagrangian: forces over the mass matrix, by Cramer's rule."""
    g, l1, l2, m1, m2 = (parameters[name] for name in ("gravity", "length1", "length2", "mass1", "mass2"))

    def motion(angles: np.ndarray, speeds: np.ndarray) -> np.ndarray:
        sine, cosine = np.sin(angles[0] - angles[1]), np.cos(angles[0] - angles[1])
        m11, m12, m22 = (m1 + m2) * l1**2, m2 * l1 * l2 * cosine, m2 * l2**2
        torque1 = -m2 * l1 * l2 * speeds[1] ** 2 * sine - (m1 + m2) * g * l1 * np.sin(angles[0])
        torque2 = m2 * l1 * l2 * speeds[0] ** 2 * sine - m2 * g * l2 * np.sin(angles[1])
        determinant = m11 * m22 - m12 * m12
        return np.stack([torque1 * m22 - torque2 * m12, torque2 * m11 - torque1 * m12]) / determinant

    return motion


def cannot_flip(y: np.ndarray, x: np.ndarray, parameters: dict[str, float], margin: float) -> np.ndarray:
    """Where energy alone forbids it: less than the second arm upright over the first one hanging needs."""
    g, l1, l2, m1, m2 = (parameters[name] for name in ("gravity", "length1", "length2", "mass1", "mass2"))
    second, first = np.meshgrid(y, x, indexing="ij")
    energy = -(m1 + m2) * g * l1 * np.cos(first) - m2 * g * l2 * np.cos(second)
    needed = -(m1 + m2) * g * l1 + m2 * g * l2
    return energy < needed - margin * (m1 + m2) * g * (l1 + l2)


def numpy_sin_cos(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.sin(x), np.cos(x)


# fdlibm: π/2 as three numbers of 33 bits (e_rem_pio2.c), the kernels' coefficients (k_sin.c, k_cos.c).
HALF_PI = (1.57079632673412561417e00, 6.07710050630396597660e-11, 2.02226624879595063154e-21)
TWO_OVER_PI = 6.36619772367581382433e-01
SINE = (
    -1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04,
    2.75573137070700676789e-06, -2.50507602534068634195e-08, 1.58969099521155010221e-10,
)  # fmt: skip
COSINE = (
    4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05,
    -2.75573143513906633035e-07, 2.08757232129817482790e-09, -1.13596475577881948265e-11,
)  # fmt: skip


def fdlibm_sin_cos(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    quarter = np.floor(x * TWO_OVER_PI + 0.5)
    r = x
    for part in HALF_PI:
        r = r - quarter * part
    z = r * r
    sine = r + r * z * horner(SINE, z)
    cosine = 1 - 0.5 * z + z * z * horner(COSINE, z)
    odd = quarter % 2 == 1
    half_turn = quarter % 4 >= 2
    crossed = odd != half_turn  # the second and third quarter, where the cosine is negative
    sin_x, cos_x = np.where(odd, cosine, sine), np.where(odd, sine, cosine)
    return np.where(half_turn, -sin_x, sin_x), np.where(crossed, -cos_x, cos_x)


def horner(coefficients: tuple[float, ...], z: np.ndarray) -> np.ndarray:
    value = np.full_like(z, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        value = coefficient + z * value
    return value
