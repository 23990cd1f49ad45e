/** Math as a kernel sees it: our maths with the language's conversions, and what the language itself defines to the last bit. */
import * as maths from "./maths/index.ts";

/** `"0.5"` is a number to Math, and to JavaScript without types: our own functions would take it for something else. */
const converting = {
  acos: (x: number) => maths.acos(+x),
  acosh: (x: number) => maths.acosh(+x),
  asin: (x: number) => maths.asin(+x),
  asinh: (x: number) => maths.asinh(+x),
  atan: (x: number) => maths.atan(+x),
  atan2: (y: number, x: number) => maths.atan2(+y, +x),
  atanh: (x: number) => maths.atanh(+x),
  cbrt: (x: number) => maths.cbrt(+x),
  cos: (x: number) => maths.cos(+x),
  cosh: (x: number) => maths.cosh(+x),
  exp: (x: number) => maths.exp(+x),
  expm1: (x: number) => maths.expm1(+x),
  hypot,
  log: (x: number) => maths.log(+x),
  log10: (x: number) => maths.log10(+x),
  log1p: (x: number) => maths.log1p(+x),
  log2: (x: number) => maths.log2(+x),
  pow,
  sin: (x: number) => maths.sin(+x),
  sinh: (x: number) => maths.sinh(+x),
  tan: (x: number) => maths.tan(+x),
  tanh: (x: number) => maths.tanh(+x),
};

function hypot(x: number, y: number): number {
  // biome-ignore lint/complexity/noArguments: a rest parameter would make an array for each call.
  return arguments.length === 2 ? maths.hypot(+x, +y) : maths.hypot(...Array.from(arguments, Number));
}

/** Also what `**` becomes, so it takes two bigints, as packages have them; the language's Math.pow does not. */
function pow(x: number, y: number): number {
  return typeof x === "number" ? maths.pow(x, +y) : powerOfOthers(x, y);
}

function powerOfOthers(x: unknown, y: unknown): number {
  if (typeof x === "bigint" && typeof y === "bigint") return (x ** y) as unknown as number;
  return maths.pow(+(x as number), +(y as number));
}

const EXACT = [
  "abs",
  "ceil",
  "clz32",
  "floor",
  "fround",
  "imul",
  "max",
  "min",
  "round",
  "sign",
  "sqrt",
  "trunc",
];
const CONSTANTS = ["E", "LN10", "LN2", "LOG10E", "LOG2E", "PI", "SQRT1_2", "SQRT2"];

/** All of Math but `random`, and but what newer engines add. Not frozen. */
export const PURE_MATH: object = {
  ...Object.fromEntries([...EXACT, ...CONSTANTS].map((name) => [name, Reflect.get(Math, name)])),
  ...converting,
};
