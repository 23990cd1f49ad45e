import { kernel } from "manyhands/kernel";

/**
 * The price of an option on a share's average price, which has no formula: the mean over random paths, and how far it may be off.
 * A cell's random numbers follow from --seed and the cell's place in the array, so that every engine gives the same bits.
 */
export default kernel({
  about: "price of an Asian call by Monte Carlo",
  inputs: {
    spot: { about: "today's price of the share", unit: "EUR", minimum: 0.01, from: 80, to: 120 },
    volatility: { about: "volatility of the share, a year", minimum: 0, maximum: 5, from: 0.1, to: 0.5 },
    strike: { about: "price agreed on", unit: "EUR", default: 100, minimum: 0.01 },
    rate: { about: "interest without risk, a year", default: 0.03, minimum: -1, maximum: 1 },
    maturity: { about: "time to expiry", unit: "years", default: 1, minimum: 0.001 },
    fixings: { about: "prices in the average", default: 12, minimum: 1, maximum: 10_000, integer: true },
    paths: { about: "random paths a cell", default: 1000, minimum: 2, maximum: 100_000_000, integer: true },
  },
  values: {
    mean: { about: "price of the option", unit: "EUR" },
    error: { about: "standard error of the mean", unit: "EUR", dtype: "float32" },
  },

  point({ spot, volatility, strike, rate, maturity, fixings, paths }, { random }) {
    const step = maturity / fixings;
    const drift = (rate - volatility ** 2 / 2) * step;
    const spread = volatility * Math.sqrt(step);
    let mean = 0;
    let squares = 0;
    for (let path = 1; path <= paths; path++) {
      let logarithm = Math.log(spot);
      let sum = 0;
      for (let fixing = 0; fixing < fixings; fixing++) {
        logarithm += drift + spread * gaussian(random);
        sum += Math.exp(logarithm);
      }
      const pay = Math.exp(-rate * maturity) * Math.max(sum / fixings - strike, 0);
      const before = pay - mean;
      mean += before / path; // by Welford: no difference of two large sums
      squares += before * (pay - mean);
    }
    return { mean, error: Math.sqrt(squares / (paths - 1) / paths) };
  },
});

/** A normally distributed number, from two that are uniform (Box and Muller 1958). */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
