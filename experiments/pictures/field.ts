import { kernel } from "../../shared/kernels/authoring.ts";

/** A signed field and an angle over a logarithmic frequency and an ascending time, and by word which wave. */
export default kernel({
  name: "field",
  about: "a damped wave, and its phase",
  inputs: {
    time: { about: "time", unit: "s", from: 0, to: 4 },
    frequency: { about: "frequency", unit: "Hz", from: 0.1, to: 10, scale: "log" },
    damping: { about: "damping", unit: "1/s", default: 0.3, minimum: 0 },
    shape: { about: "shape", choices: ["sine", "square", "sawtooth"] },
  },
  values: {
    height: { about: "height", unit: "mm" },
    phase: { about: "phase", unit: "rad" },
  },
  point({ time, frequency, damping, shape }) {
    const phase = ((2 * Math.PI * frequency * time + Math.PI) % (2 * Math.PI)) - Math.PI;
    const wave = shape === "sine" ? Math.sin(phase) : shape === "square" ? Math.sign(phase) : phase / Math.PI;
    return { height: Math.exp(-damping * time) * wave, phase };
  },
});
