/**
 * Elementary functions whose bits are the same on every processor and engine: Math.* in kernels. They use + - * /,
 * comparisons, Math.floor, abs, fround and sqrt, which IEEE 754 fixes to the last bit, and no other function of Math.
 */
export { acos, asin, atan, atan2 } from "./arcs.ts";
export { exp, expm1 } from "./exp.ts";
export { cosh, sinh, tanh } from "./hyperbolic.ts";
export { acosh, asinh, atanh } from "./inverse-hyperbolic.ts";
export { log, log1p, log2, log10 } from "./log.ts";
export { pow } from "./pow.ts";
export { cbrt, hypot } from "./roots.ts";
export { cos, sin, tan } from "./sin-cos-tan.ts";
export { MATHS_VERSION } from "./version.ts";
