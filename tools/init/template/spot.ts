import { kernel } from "manyhands/kernel";

const values = new Float64Array(1001);

export default kernel({
  about: "the price of an American option, by a binomial tree",
  inputs: {
    spot: { about: "price today", unit: "USD", from: 80, to: 120 },
    volatility: { about: "of a year", from: 0.05, to: 0.65, minimum: 0.05 },
    strike: { about: "price agreed", unit: "USD", default: 100, minimum: 0 },
    rate: { about: "interest of a year", default: 0.03, minimum: 0, maximum: 0.1 },
    years: { about: "until it ends", default: 1, minimum: 0.01, maximum: 5 },
    steps: { about: "of the tree", default: 100, minimum: 50, maximum: 1000, integer: true },
    option: { choices: ["put", "call"] },
  },
  value: { name: "price", unit: "USD" },
  point({ spot, volatility, strike, rate, years, steps, option }) {
    const sign = option === "put" ? -1 : 1;
    const dt = years / steps;
    const change = volatility * Math.sqrt(dt);
    const up = 1 + change + (change * change) / 2; // nearly exp(change), which C would round in its own way
    const down = 1 / up;
    const chance = (1 + rate * dt - down) / (up - down);
    const discount = 1 / (1 + rate * dt);

    // At the end it is worth what it then gains.
    let lowest = spot;
    for (let step = 0; step < steps; step++) lowest *= down;
    let price = lowest;
    for (let k = 0; k <= steps; k++) {
      const gain = sign * (price - strike);
      values[k] = gain > 0 ? gain : 0;
      price *= up * up;
    }

    // A step earlier: what it gains at once, or what the next step is worth.
    for (let step = steps - 1; step >= 0; step--) {
      lowest *= up;
      price = lowest;
      for (let k = 0; k <= step; k++) {
        const gain = sign * (price - strike);
        const kept = discount * (chance * values[k + 1]! + (1 - chance) * values[k]!);
        values[k] = gain > kept ? gain : kept;
        price *= up * up;
      }
    }
    return values[0]!;
  },
});
