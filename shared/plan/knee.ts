/** From where on a larger fleet costs more than it saves. Pure. */

/**
 * The choice with the least seconds x USD, the first of several: up to this knee a hundredth more money buys more than a hundredth of the
 * time, beyond it less. In a picture of both by logarithms it is where the line of choices falls by one for one. Any unit of money will
 * do. Throws RangeError where there is no choice.
 * @example
 * const work = 640; // worker seconds; starting a worker takes a quarter of one
 * kneeOf([25, 100, 400, 700], (n) => 2.5 + work / n + n / 500, (n) => work + n / 4); // 400: 4.9 s; 700 take 4.8 s
 */
export function kneeOf<Choice>(
  choices: readonly Choice[],
  secondsOf: (choice: Choice) => number,
  usdOf: (choice: Choice) => number,
): Choice {
  if (choices.length === 0) throw new RangeError("Expected at least one choice, got none");
  const products = choices.map((choice) => secondsOf(choice) * usdOf(choice));
  return choices[products.indexOf(Math.min(...products))] as Choice;
}
