/** From where on a larger fleet is hardly sooner. Pure. */

/** The smaller choice may take longer than the fastest by this share of its time. */
const NEARLY = 0.1;

/**
 * The first choice whose time is within 10 % of the fastest one's: beyond this knee more workers cost their starts, and save next to no
 * time. Order the choices by what they cost, the smallest fleet first. Throws RangeError where there are none.
 * @example
 * kneeOf([25, 100, 300, 700], (workers) => 2.5 + 640 / workers + workers / 500); // 300: 5.2 s, where 700 take 4.8 s
 */
export function kneeOf<Choice>(choices: readonly Choice[], secondsOf: (choice: Choice) => number): Choice {
  const seconds = choices.map(secondsOf);
  const fastest = seconds.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
  const at = seconds.findIndex((each) => each <= fastest * (1 + NEARLY));
  if (at < 0) throw new RangeError("Expected at least one choice that takes a number of seconds, got none");
  return choices[at]!;
}
