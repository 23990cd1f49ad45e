import { expect, test } from "vitest";
import { inputOf, optionHelp, optionName, optionValue } from "../../../cli/request/input-option.ts";
import { kernel } from "../../../shared/kernels/authoring.ts";
import { declare } from "../../../shared/kernels/declare.ts";
import { InvalidInputError } from "../../../shared/validation/errors.ts";

const { inputs } = declare(
  kernel({
    inputs: {
      spot: { about: "price of the share", unit: "€", from: 80, to: 120, default: 100 },
      rate: { from: 0.001, to: 0.1, scale: "log" },
      decay: { about: "of the tail", unit: "1/s", scale: "log", default: 1 / 3 },
      steps: { integer: true, minimum: 1 },
      scheme: { about: "how it is stepped", choices: ["euler", "rk4"] },
      isCall: { about: "a call", flag: true },
    },
    value: { name: "price" },
    point: () => 0,
  }),
  "priced",
).declaration;
const { spot, rate, decay, steps, scheme, isCall } = inputs;

test.each<[string, string | true, typeof spot, unknown]>([
  ["a number", "50", spot, 50],
  ["a negative one", "-2.5e-3", spot, -0.0025],
  ["a list", "80,90,100", spot, [80, 90, 100]],
  ["a list of one, by its comma", "80,", spot, [80]],
  ["a range", "80:120", spot, { from: 80, to: 120 }],
  ["a range that falls", "1:-1", spot, { from: 1, to: -1 }],
  ["a range with its count", "80:120:400", spot, { from: 80, to: 120, count: 400 }],
  ["a logarithmic range", "log:1:100", spot, { from: 1, to: 100, rule: "log" }],
  ["one with its count", "log:1:100:7", spot, { from: 1, to: 100, rule: "log", count: 7 }],
  ["a range of an input that is logarithmic", "1:100", rate, { from: 1, to: 100, rule: "log" }],
  ["an even one of it", "linear:1:100:5", rate, { from: 1, to: 100, rule: "index", count: 5 }],
  ["an even one of one that is even anyhow", "linear:1:100", spot, { from: 1, to: 100 }],
  ["a range of one that is not swept by default", "1:9", decay, { from: 1, to: 9, rule: "log" }],
  ["a choice", "rk4", scheme, "rk4"],
  ["a list of choices", "rk4,euler", scheme, ["rk4", "euler"]],
  ["a flag alone", true, isCall, true],
  ["a flag's value", "false", isCall, false],
  ["both of a flag's", "false,true", isCall, [false, true]],
])("%s is read", (_, text, input, expected) => {
  expect(inputOf(text, input!, "--it")).toEqual(expected);
});

const RANGE = "a number, a list such as 1,2,5, or a range such as -0.75:-0.74, 1:10:50 or log:1:100";
test.each<[string, string | true, typeof spot, string]>([
  ["a word for a number", "many", spot, `a number, got "many"`],
  ["nothing", "", spot, `a number, got ""`],
  ["an infinite number", "Infinity", spot, `a number, got "Infinity"`],
  ["a gap in a list", "1,,2", spot, `a number, got ""`],
  ["a word in a list", "1,two", spot, `a number, got "two"`],
  ["a range without an end", "1:", spot, `${RANGE}, got "1:"`],
  ["a range without a beginning", ":1", spot, `${RANGE}, got ":1"`],
  ["a scale without a range", "log:5", spot, `${RANGE}, got "log:5"`],
  ["a range of four", "1:2:3:4", spot, `${RANGE}, got "1:2:3:4"`],
  ["a range with a word", "1:two", spot, `a number, got "two"`],
  ["a range without extent", "5:5:9", spot, `a range with two different ends, got "5:5:9"`],
  ["a count with a fraction", "1:2:3.5", spot, `a whole number from 1 to 1000000, got "3.5"`],
  ["a count of none", "1:2:0", spot, `a whole number from 1 to 1000000, got "0"`],
  ["another scale", "cubic:1:2", spot, `a number, got "cubic"`],
  ["a choice that is none", "rk5", scheme, `one of euler, rk4, got "rk5". Did you mean rk4?`],
  ["one in a list", "euler,x", scheme, `one of euler, rk4, got "x"`],
  ["a range of choices", "euler:rk4", scheme, `one of euler, rk4, got "euler:rk4"`],
  ["a word for a flag", "yes", isCall, `true or false, got "yes"`],
  ["a range of flags", "false:true", isCall, `true or false, got "false:true"`],
])("%s is refused with one sentence", (_, text, input, expected) => {
  const read = () => inputOf(text, input!, "--it");
  expect(read).toThrow(InvalidInputError);
  expect(read).toThrow(`Expected --it to be ${expected.replace(/(?<!\?)$/, ".")}`);
});

test("an option is its input's name, and --help says what it takes and what it is without it", () => {
  expect(optionName("maxIterations")).toBe("--max-iterations");
  expect(optionName("length1")).toBe("--length1");
  const shown = Object.values({ spot, rate, decay, steps, scheme, isCall }).map((input) => [
    optionValue(input!),
    optionHelp(input!),
  ]);
  expect(shown).toEqual([
    ["<from:to>", "price of the share in € (80:120)"],
    ["<from:to>", "(log:0.001:0.1)"],
    ["<1/s>", "of the tail (0.333333)"],
    ["<number>", "a whole number, at least 1 (must be given)"],
    ["<euler|rk4>", "how it is stepped (euler)"],
    ["[true|false]", "a call (false)"],
  ]);
});
