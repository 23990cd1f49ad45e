/** Sums of money in sentences. */

const DIGITS = 2;
const LEAST_USD = 1e-7;

/** `0.00028 USD`: two digits that count, in plain notation. */
export function usd(amount: number): string {
  if (amount === 0) return "0 USD";
  if (amount < LEAST_USD) return "less than 0.0000001 USD";
  const power = Number(amount.toExponential(DIGITS - 1).split("e")[1]); // after rounding
  return `${amount.toFixed(Math.max(2, DIGITS - 1 - power))} USD`;
}

/** Two digits, never less, as an option has it. */
export function roundedUp(amount: number): string {
  const digit = 10 ** (Math.floor(Math.log10(amount)) - 1);
  return String(Number((Math.ceil(amount / digit) * digit).toPrecision(2)));
}
