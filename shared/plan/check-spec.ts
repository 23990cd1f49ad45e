import { coordinates, lengthOf } from "../array/grid.ts";
import { type Excess, excessOf } from "../array/job-limits.ts";
import { isMap, type JobSpec } from "../array/spec.ts";
import { type Declaration, type InputValue, isSweptByDefault, type Value } from "../kernels/declaration.ts";
import { countDtypes, type Dtype } from "../kernels/dtype.ts";
import type { KernelName, Kernels, LoadedKernel } from "../kernels/loader.ts";
import { namedAxes } from "../record/axis-names.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { didYouMean } from "../validation/nearest-name.ts";
import { show } from "../validation/parse.ts";
import { printable } from "../validation/printable.ts";
import { checkInputs } from "./check-inputs.ts";
import type { ResolvedInputs } from "./resolve-inputs.ts";

/** The one axis of a job that maps items. */
export const ITEM_AXIS = "item";

const checked = new WeakMap<JobSpec, Declaration>();

/**
 * Checks of a stored spec, and of whose kernel this is, all that its schema cannot say: once for each spec.
 * Throws InvalidInputError: a job never has more than the kernel and the limits offer.
 */
export function checkSpec(
  spec: JobSpec,
  { name, declaration }: Pick<LoadedKernel, "name" | "declaration">,
): void {
  if (checked.get(spec) === declaration) return;
  if (isMap(spec) !== (declaration.form === "task"))
    throw new InvalidInputError(
      "kernel",
      isMap(spec) ? "a task, for a job of items" : "one that fills an array",
      show(name),
    );
  if (isMap(spec) && spec.axes.length !== 1)
    throw new InvalidInputError("axes", "that of the items", `${spec.axes.length} axes`);
  const known = isMap(spec) ? [ITEM_AXIS] : Object.keys(declaration.inputs);
  const axes = namedAxes(spec, declaration);
  for (const [k, { input }] of axes.entries()) {
    if (!known.includes(input))
      throw new InvalidInputError("axes", `inputs of ${name} (${known.join(", ")})`, show(input));
    if (axes.findIndex((axis) => axis.input === input) !== k)
      throw new InvalidInputError("axes", "another input for each", `${show(input)} twice`);
  }
  checkInputs(declaration, { parameters: { ...unsaidIn(declaration), ...spec.parameters }, axes });
  checkValues(spec, name, declaration.values);
  refuse(excessOf(spec));
  checked.set(spec, declaration);
}

/** A value without a name is alone: its job's `array/` is no group. */
function checkValues(spec: JobSpec, kernel: string, declared: readonly Value[]): void {
  const names = declared.map((value) => value.name);
  const isDeclared =
    spec.values.length === names.length &&
    spec.values.every(({ name }, k) => name === names[k] || (name === undefined && names.length === 1));
  if (!isDeclared)
    throw new InvalidInputError(
      "values",
      `those of ${kernel} (${names.join(", ")})`,
      show(spec.values.map(({ name }) => name ?? "one without a name").join(", ")),
    );
  for (const [k, value] of declared.entries()) resolveDtype(value, spec, spec.values[k]!.dtype);
}

/** An old job says nothing of an input that it holds at its default, where the kernel sweeps that by default. */
function unsaidIn({ inputs }: Declaration): Record<string, InputValue> {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, input]) =>
      input.default === undefined || !isSweptByDefault(input) ? [] : [[name, input.default]],
    ),
  );
}

/** The kernel of that name. Throws InvalidInputError, which names the nearest one, and what the loader throws. */
export async function loadKernel(named: KernelName, kernels: Kernels): Promise<LoadedKernel> {
  return (await kernels.get(named)) ?? refuseName(named, kernels);
}

async function refuseName({ name, hash }: KernelName, kernels: Kernels): Promise<never> {
  const other = hash === undefined ? undefined : await kernels.get({ name });
  const known = [...(await kernels.keys())];
  if (!other) {
    const hint = hash === undefined ? didYouMean(name, known) : DEPLOY_IT;
    throw new InvalidInputError("kernel", `one of ${known.join(", ")}`, show(name), hint);
  }
  const short = (text = "unknown") => printable(text.slice(0, SHOWN));
  const expected = `${name} as it was deployed (${short(other.hash)})`;
  throw new InvalidInputError("kernel", expected, `another version of it (${short(hash)})`, DEPLOY_AGAIN);
}

/** Characters of a hash that a sentence shows. */
const SHOWN = 16;
/** All the files: a deployment loses the kernels that its last one does not name. */
const WITH_FILES =
  "`npx cdk deploy -c kernels=<files>`, or the construct's `kernels`, with all files that it is to have";
const DEPLOY_IT = `A deployment has the files' kernels that it was deployed with: ${WITH_FILES}.`;
const DEPLOY_AGAIN = `Where this one is newer, deploy again: ${WITH_FILES}.`;

/** The element type asked for, or for `auto` the one that the value prefers. */
export function resolveDtype(
  value: Value,
  inputs: Pick<ResolvedInputs, "parameters" | "axes"> | JobSpec,
  dtype: Dtype | "auto",
): Dtype {
  const allowed = dtypesOf(value, inputs);
  if (dtype === "auto") return allowed[0] ?? "float64";
  if (allowed.includes(dtype)) return dtype;
  throw new InvalidInputError("dtype", `${allowed.join(" or ")} for ${value.name} with these inputs`, dtype);
}

function dtypesOf(
  { dtype }: Value,
  { parameters, axes }: Pick<JobSpec, "parameters" | "axes">,
): readonly Dtype[] {
  if (Array.isArray(dtype)) return dtype;
  const { countsTo } = dtype as { countsTo: string };
  const axis = axes.find(({ input }) => input === countsTo);
  if (!axis) return countDtypes(Number(parameters[countsTo]));
  return countDtypes(coordinates(axis, 0, lengthOf(axis)).reduce((most, each) => Math.max(most, each), 0));
}

/** Throws InvalidInputError where there is an excess; it names the fields as a request does. */
export function refuse(excess: Excess | undefined): void {
  if (!excess) return;
  const { field, expected, received } = excess;
  throw new InvalidInputError(field === "axes" ? "grid" : "chunk", expected, received.join(" x "));
}
