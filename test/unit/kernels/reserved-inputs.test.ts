import { expect, test } from "vitest";
import { program } from "../../../cli/program.ts";
import { KERNELS } from "../../../shared/kernels/registry.ts";
import { isReserved, RESERVED_INPUTS } from "../../../shared/kernels/reserved-inputs.ts";

/** The commands on a kernel's jobs: an input may become an option of each. */
const COMMANDS = ["run", "submit", "plot", "verify", "resume"];
/** Options of a release to come. */
const PLANNED = ["at", "kernel", "maxUsd", "plan"];
/** Of commander: they have no option object. */
const BUILT_IN = ["help", "version"];

const inputs = new Set([...[...KERNELS.values()].flatMap((kernel) => Object.keys(kernel.inputs))]);

test("every option that is not a kernel's input is reserved, and nothing else", () => {
  const commands = program.commands.filter((command) => COMMANDS.includes(command.name()));
  expect(commands.map((command) => command.name()).sort()).toEqual(COMMANDS.toSorted());
  const others = program.commands.flatMap(({ options }) => options).map((option) => option.attributeName());
  const names = new Set(commands.flatMap(({ options }) => options.map((option) => option.attributeName())));
  const options = [...names].filter((name) => !inputs.has(name));
  expect(options.filter((name) => !isReserved(name))).toEqual([]);
  const known = new Set([...options, ...others, ...PLANNED, ...BUILT_IN]);
  expect([...RESERVED_INPUTS].filter((name) => !known.has(name))).toEqual([]);
});

test("what the built-in kernels are functions of is not reserved", () => {
  expect([...inputs].filter(isReserved)).toEqual([]);
});
