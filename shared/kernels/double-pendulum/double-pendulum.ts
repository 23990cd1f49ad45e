import { kernel } from "../authoring.ts";
import { sinCos } from "./sin-cos.ts";

const PI = Math.PI;
/**
 * A double pendulum released at rest: the time (s) at which its second arm first swings over the top, by
 * fourth-order Runge-Kutta with a fixed step, in float64. The time of a flip is that of the start of its step;
 * where none happens within `duration` the value is `duration` itself, which no flip can have. Equations of
 * motion of two point masses on massless rods, e.g. https://www.myphysicslab.com/pendulum/double-pendulum-en.html
 */
export const doublePendulum = kernel({
  name: "double-pendulum",
  about: "seconds until the second arm of a double pendulum first flips, over its two starting angles",
  inputs: {
    angle2: { about: "second angle", unit: "rad", from: PI, to: -PI, default: 0 },
    angle1: { about: "first angle", unit: "rad", from: -PI, to: PI, default: 0 },
    duration: {
      about: "simulated time, and the value where no flip happens",
      unit: "s",
      default: 10,
      minimum: 0.001,
      maximum: 1000,
    },
    timeStep: { about: "integration step", unit: "s", default: 0.01, minimum: 0.0001, maximum: 0.1 },
    gravity: { about: "gravitational acceleration", unit: "m/s²", default: 9.81, minimum: 0, maximum: 1000 },
    length1: { about: "length of the first arm", unit: "m", default: 1, minimum: 0.001, maximum: 1000 },
    length2: { about: "length of the second arm", unit: "m", default: 1, minimum: 0.001, maximum: 1000 },
    mass1: { about: "mass at the first joint", unit: "kg", default: 1, minimum: 0.001, maximum: 1000 },
    mass2: { about: "mass at the end", unit: "kg", default: 1, minimum: 0.001, maximum: 1000 },
  },
  value: {
    name: "time_to_first_flip",
    about: "time to first flip",
    unit: "s",
    dtype: ["float32", "float64"],
    special: { equals: "duration", means: "never flips" },
  },

  fill({ angle2, angle1, duration, timeStep, gravity, length1, length2, mass1, mass2 }, out) {
    const steps = Math.ceil(duration / timeStep);
    const masses = mass1 + mass2;
    const twiceFirst = 2 * mass1 + mass2;
    const trig = new Float64Array(2);
    let rate1 = 0;
    let rate2 = 0;

    /** Angular accelerations at this state, left in rate1 and rate2. */
    function accelerate(theta1: number, theta2: number, speed1: number, speed2: number): void {
      sinCos(theta1, trig);
      const sin1 = trig[0]!;
      const cos1 = trig[1]!;
      sinCos(theta2, trig);
      const sin2 = trig[0]!;
      const cos2 = trig[1]!;
      const sinD = sin1 * cos2 - cos1 * sin2;
      const cosD = cos1 * cos2 + sin1 * sin2;
      const square1 = speed1 * speed1 * length1;
      const square2 = speed2 * speed2 * length2;
      const shared = twiceFirst - mass2 * (1 - 2 * sinD * sinD);
      rate1 =
        (-gravity * (twiceFirst * sin1 + mass2 * (sinD * cos2 - cosD * sin2)) -
          2 * sinD * mass2 * (square2 + square1 * cosD)) /
        (length1 * shared);
      rate2 =
        (2 * sinD * (square1 * masses + gravity * masses * cos1 + square2 * mass2 * cosD)) /
        (length2 * shared);
    }

    function timeToFlip(start1: number, start2: number): number {
      const upright = 2 * PI * Math.floor(start2 / (2 * PI) + 0.5);
      const half = timeStep / 2;
      const sixth = timeStep / 6;
      let theta1 = start1;
      let theta2 = start2;
      let speed1 = 0;
      let speed2 = 0;
      for (let step = 0; step < steps; step++) {
        accelerate(theta1, theta2, speed1, speed2);
        const a1 = rate1;
        const a2 = rate2;
        const speed1B = speed1 + half * a1;
        const speed2B = speed2 + half * a2;
        accelerate(theta1 + half * speed1, theta2 + half * speed2, speed1B, speed2B);
        const b1 = rate1;
        const b2 = rate2;
        const speed1C = speed1 + half * b1;
        const speed2C = speed2 + half * b2;
        accelerate(theta1 + half * speed1B, theta2 + half * speed2B, speed1C, speed2C);
        const c1 = rate1;
        const c2 = rate2;
        const speed1D = speed1 + timeStep * c1;
        const speed2D = speed2 + timeStep * c2;
        accelerate(theta1 + timeStep * speed1C, theta2 + timeStep * speed2C, speed1D, speed2D);
        theta1 += sixth * (speed1 + 2 * speed1B + 2 * speed1C + speed1D);
        theta2 += sixth * (speed2 + 2 * speed2B + 2 * speed2C + speed2D);
        speed1 += sixth * (a1 + 2 * b1 + 2 * c1 + rate1);
        speed2 += sixth * (a2 + 2 * b2 + 2 * c2 + rate2);
        const turned = theta2 - upright;
        if (turned > PI || turned < -PI) return step * timeStep;
      }
      return duration;
    }

    let at = 0;
    for (const second of angle2) {
      for (const first of angle1) out[at++] = timeToFlip(first, second);
    }
  },
});
