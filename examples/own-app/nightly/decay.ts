import { kernel } from "manyhands/kernel";

/** What the pipeline computes each night. It lies in the function's folder too, which submits it by its file. */
export default kernel({
  about: "what is left of a substance",
  inputs: {
    time: { unit: "h", from: 0, to: 24 },
    halfLife: { unit: "h", minimum: 0.1, from: 1, to: 12 },
    dose: { unit: "mg", default: 100 },
  },
  value: { name: "left", unit: "mg" },
  point: ({ time, halfLife, dose }) => dose * 2 ** (-time / halfLife),
});
