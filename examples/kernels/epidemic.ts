import { kernel } from "manyhands/kernel";

const STEPS_A_DAY = 20;

/**
 * An epidemic day by day (Kermack and McKendrick 1927), for many rates of contact. `fill` pays here: it walks along a row's days once,
 * where `point` would have to begin at day 0 for each cell.
 */
export default kernel({
  about: "course of an epidemic",
  inputs: {
    contacts: { about: "people whom one infects", unit: "1/day", minimum: 0, maximum: 20, from: 0.1, to: 1 },
    day: { about: "time since the outbreak", unit: "days", minimum: 0, maximum: 10_000, from: 0, to: 160 },
    illness: { about: "how long one infects others", unit: "days", default: 7, minimum: 0.1 },
    first: { about: "share that is ill on day 0", default: 0.0001, minimum: 0, maximum: 1 },
  },
  values: {
    ill: { about: "share that is ill" },
    spared: { about: "share that was never ill" },
  },

  /** A cell is a contact and a day, row by row: the axes are in the order of the inputs. */
  fill({ contacts, day: days, illness, first }, out) {
    let cell = 0;
    for (const contact of contacts) {
      let [ill, spared, step] = [first, 1 - first, 0];
      for (const day of days) {
        const last = Math.round(day * STEPS_A_DAY);
        if (last < step) [ill, spared, step] = [first, 1 - first, 0]; // days of a list may come in any order
        for (; step < last; step++) {
          const infected = (contact * ill * spared) / STEPS_A_DAY;
          ill += infected - ill / illness / STEPS_A_DAY;
          spared -= infected;
        }
        out.ill[cell] = ill;
        out.spared[cell] = spared;
        cell++;
      }
    }
  },
});
