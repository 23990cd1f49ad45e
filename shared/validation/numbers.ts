/** Numbers that messages and stored records may have: JSON can say 1e999, and a caller may write 1.5 rounds. */
import * as v from "valibot";

export const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    v.number("a whole number"),
    v.safeInteger("a whole number"),
    v.minValue(least, `at least ${least}`),
    v.maxValue(most, `at most ${most}`),
  );

/** A count. */
export const count = whole(0);

export const finite = v.pipe(v.number("a number"), v.finite("a finite number"));

/** The last moment that a JavaScript Date can hold. */
const MOST_MS = 8.64e15;

/** A duration, or a point in time since the epoch. */
export const milliseconds = v.pipe(
  v.number("a number of milliseconds"),
  v.minValue(-MOST_MS, "a number of milliseconds"),
  v.maxValue(MOST_MS, "a number of milliseconds"),
);
