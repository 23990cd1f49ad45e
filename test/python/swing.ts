/** What several.py asks for: three swept inputs, one of them logarithmic and one of words, and three values of three types. */
import { kernel } from "manyhands/kernel";

export default kernel({
  about: "how far a swing is out, how fast it is, and how often it was pushed",
  inputs: {
    time: { about: "time", unit: "s", from: 0, to: 4 },
    damping: { about: "damping", unit: "1/s", from: 0.01, to: 1, scale: "log" },
    seat: { about: "kind of seat", choices: ["board", "old-tyre", "basket"] },
    start: { about: "how far out it starts", unit: "m", default: 1.5 },
    isPushed: { flag: true, default: true },
  },
  values: {
    distance: { about: "distance", unit: "m" },
    speed: { about: "speed", unit: "m/s", dtype: "float32" },
    pushes: { about: "pushes so far", dtype: "uint16" },
  },
  point({ time, damping, seat, start, isPushed }) {
    const slowed = seat === "board" ? damping : seat === "basket" ? 2 * damping : damping * time;
    const distance = start / (1 + slowed * time);
    return { distance, speed: -slowed * distance * distance, pushes: isPushed ? Math.floor(3 * time) : 0 };
  },
});
