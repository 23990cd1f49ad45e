/**
 * The globals that a kernel sees: those of the language, less what two machines, two builds of Node or two runs answer
 * differently. They are the parameters of the function that an artifact is evaluated in, so they hold for its imports too.
 *
 * This is for the same bits and is no sandbox: any function's constructor leads to the true globals, so
 * `[].constructor.constructor("return Math")()` is the machine's Math. docs/kernels.md lists what else may differ between
 * machines: an error's stack, for one, has the paths of this installation.
 */
import { formatWithOptions } from "node:util";
import { ContractError } from "./contract-error.ts";
import { PURE_MATH } from "./pure-math.ts";

/** What stays as it is. */
const LANGUAGE = [
  ...["AggregateError", "Array", "ArrayBuffer", "BigInt", "BigInt64Array", "BigUint64Array", "Boolean"],
  ...[
    "DataView",
    "Error",
    "EvalError",
    "Float32Array",
    "Float64Array",
    "Infinity",
    "Int16Array",
    "Int32Array",
  ],
  ...["Int8Array", "Iterator", "JSON", "Map", "NaN", "Number", "Object", "Promise", "Proxy", "RangeError"],
  ...[
    "ReferenceError",
    "Reflect",
    "RegExp",
    "Set",
    "String",
    "Symbol",
    "SyntaxError",
    "TypeError",
    "URIError",
  ],
  ...["Uint16Array", "Uint32Array", "Uint8Array", "Uint8ClampedArray", "WeakMap", "WeakSet", "decodeURI"],
  ...["decodeURIComponent", "encodeURI", "encodeURIComponent", "escape", "isFinite", "isNaN", "parseFloat"],
  ...["parseInt", "structuredClone", "undefined", "unescape"],
];

function refuse(name: string): never {
  throw new ContractError(
    `Expected a kernel to compute from its inputs and \`random\` alone, got a call of ${name}.`,
  );
}

/**
 * A function that throws, with `new` too; a library may still ask whether something is an instance of it. Its prototype leads
 * back to it alone.
 */
function refused(name: string, properties: object = {}, methods: PropertyDescriptorMap = {}): object {
  function call() {
    refuse(name);
  }
  Object.freeze(Object.defineProperties(call.prototype, { ...methods, constructor: { value: call } }));
  return Object.freeze(Object.assign(call, properties));
}

/** Its prototype is the language's, so that functions are instances of it: its `constructor` is the true one. */
function refusedFunction(): object {
  function call() {
    refuse("Function");
  }
  return Object.freeze(Object.assign(call, { prototype: Function.prototype }));
}

const clock = { now: refused("Date.now"), parse: refused("Date.parse"), UTC: refused("Date.UTC") };

const math = Object.freeze({ ...PURE_MATH, random: refused("Math.random") });

/**
 * What prints goes to stderr: stdout is the command's result. An object's own `nodejs.util.inspect.custom` is not called, for
 * Node would tell it whether a terminal with colours is there.
 */
const print = (...values: unknown[]) =>
  globalThis.console.error(formatWithOptions({ customInspect: false }, ...values));

const replaced: Record<string, unknown> = {
  Math: math,
  Date: refused("Date", clock, Object.getOwnPropertyDescriptors(Date.prototype)),
  Function: refusedFunction(),
  console: Object.freeze({ log: print, info: print, debug: print, warn: print, error: print }),
  crypto: Object.freeze({
    getRandomValues: refused("crypto.getRandomValues"),
    randomUUID: refused("crypto.randomUUID"),
  }),
  performance: Object.freeze({ now: refused("performance.now") }),
};
for (const name of ["eval", "fetch", "queueMicrotask", "setImmediate", "setInterval", "setTimeout"])
  replaced[name] = refused(name);

const pure: Record<string, unknown> = { ...picked(globalThis, LANGUAGE), ...replaced };
for (const name of ["globalThis", "global"]) {
  pure[name] = pure;
  replaced[name] = pure;
}
Object.freeze(pure);

/** All other globals of this process are undefined, whatever Node's version brings. */
const absent = Object.getOwnPropertyNames(globalThis).filter(
  (name) => /^[A-Za-z_$][\w$]*$/.test(name) && !LANGUAGE.includes(name) && !Object.hasOwn(replaced, name),
);

/** The names to shadow, and what each stands for. */
export const PURE_NAMES: readonly string[] = [...Object.keys(replaced), ...absent];
export const PURE_GLOBALS: readonly unknown[] = Object.values(replaced);

function picked(from: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, Reflect.get(from, name)]));
}
