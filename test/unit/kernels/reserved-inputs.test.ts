import { expect, test } from "vitest";
import { program } from "../../../cli/program.ts";
import { takesInputs } from "../../../cli/request/job-options.ts";
import { KERNELS } from "../../../shared/kernels/registry.ts";
import { isReserved, RESERVED_INPUTS } from "../../../shared/kernels/reserved-inputs.ts";

/** Options of a release to come. */
const PLANNED = ["maxUsd", "plan"];
/** Of commander: they have no option object. */
const BUILT_IN = ["help", "version"];

const inputs = new Set([...[...KERNELS.values()].flatMap((kernel) => Object.keys(kernel.inputs))]);

test("every option of a command on kernels or their jobs is reserved, and nothing else", () => {
  const commands = program.commands.filter(
    (command) => takesInputs(command) || command.registeredArguments[0]?.name() === "job",
  );
  const names = commands.map((command) => command.name());
  expect(names).toEqual(expect.arrayContaining(["run", "submit", "check", "verify", "resume", "plot"]));
  const options = commands
    .flatMap((command) => command.options.map((option) => option.attributeName()))
    .filter((name) => !inputs.has(name));
  expect([...RESERVED_INPUTS].toSorted()).toEqual(
    [...new Set([...options, ...PLANNED, ...BUILT_IN])].toSorted(),
  );
});

test("a command on kernels is one that knows their inputs", () => {
  const onKernels = program.commands.filter((each) => each.registeredArguments[0]?.name() === "kernel");
  expect(program.commands.filter(takesInputs)).toEqual(onKernels);
});

test("what the built-in kernels are functions of is not reserved", () => {
  expect([...inputs].filter(isReserved)).toEqual([]);
});
