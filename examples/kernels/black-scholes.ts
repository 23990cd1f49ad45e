import { kernel } from "manyhands/kernel";

/** The price of a European option by the formula of Black and Scholes (1973): three axes, one of them logarithmic, and a choice. */
export default kernel({
  about: "price of a European option",
  inputs: {
    spot: { about: "today's price of the share", unit: "EUR", minimum: 0.01, from: 60, to: 140 },
    volatility: {
      about: "volatility of the share, a year",
      minimum: 0.001,
      maximum: 5,
      from: 0.05,
      to: 0.65,
    },
    maturity: { about: "time to expiry", unit: "years", minimum: 0.001, from: 0.05, to: 5, scale: "log" },
    strike: { about: "price agreed on", unit: "EUR", default: 100, minimum: 0.01 },
    rate: { about: "interest without risk, a year", default: 0.03, minimum: -1, maximum: 1 },
    option: { about: "the right to buy, or to sell", choices: ["call", "put"] },
  },
  value: { name: "price", about: "price of the option", unit: "EUR" },

  point({ spot, volatility, maturity, strike, rate, option }) {
    const spread = volatility * Math.sqrt(maturity);
    const d1 = (Math.log(spot / strike) + (rate + volatility ** 2 / 2) * maturity) / spread;
    const d2 = d1 - spread;
    const discounted = strike * Math.exp(-rate * maturity);
    return option === "call"
      ? spot * normal(d1) - discounted * normal(d2)
      : discounted * normal(-d2) - spot * normal(-d1);
  },
});

/** The normal distribution's share below x, within 1e-15: the density times x + x³/3 + x⁵/(3·5) + … (Marsaglia 2004). */
function normal(x: number): number {
  if (Math.abs(x) > 8.3) return x < 0 ? 0 : 1;
  let sum = x;
  let term = x;
  for (let odd = 3; sum + term !== sum; odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
