/** What a cell of the double pendulum costs. */

/** A step of the integration takes the fast twin about as long as this many iterations of the plain Mandelbrot kernel (measured). */
const STEP_WORK = 30;

interface StepInputs {
  readonly duration: number;
  readonly timeStep: number;
}

export const PENDULUM_WORK = {
  most: ({ duration, timeStep }: StepInputs): number => STEP_WORK * Math.ceil(duration / timeStep),
  of: ({ duration, timeStep }: StepInputs, value: number): number =>
    STEP_WORK * Math.ceil(Math.min(value + timeStep, duration) / timeStep),
};
