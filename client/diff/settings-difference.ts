/** What two jobs were asked for differently. Pure. */
import type { Declaration } from "../../shared/kernels/declaration.ts";
import { fixedInputs, namedAxes } from "../../shared/record/axis-names.ts";
import type { StoredJob } from "../../shared/record/job.ts";

/** A field that differs; undefined where a job has none. */
export interface SettingDifference {
  readonly field: string;
  readonly a: unknown;
  readonly b: unknown;
}

type Described = { readonly job: StoredJob; readonly declaration: Declaration };

/** In the order of a request: the kernel, its inputs, the array, how it was computed and drawn. */
export function settingsDifference(a: Described, b: Described): SettingDifference[] {
  const [ofA, ofB] = [settingsOf(a), settingsOf(b)];
  const fields = new Set([...ofA.keys(), ...ofB.keys()]);
  return [...fields]
    .map((field) => ({ field, a: ofA.get(field), b: ofB.get(field) }))
    .filter((each) => JSON.stringify(each.a) !== JSON.stringify(each.b));
}

function settingsOf({ job, declaration }: Described): Map<string, unknown> {
  const { spec, output, items } = job;
  const axes = namedAxes(spec, declaration).map(({ input, ...axis }) => [input, axis] as const);
  const { at = {}, ...look } = output;
  return new Map<string, unknown>([
    ["kernel", spec.kernel],
    ["kernel's version", spec.hash],
    ...Object.entries(fixedInputs(spec, declaration)),
    ...axes,
    ["seed", spec.seed],
    ["dtype", spec.values.map(({ dtype }) => dtype).join()],
    ["chunk", spec.chunkShape.join("x")],
    ["codec", spec.codec],
    ["items", items?.count],
    ["chunksPerMessage", job.chunksPerMessage],
    ["ramp", job.ramp],
    ["allowMissing", job.allowMissing],
    ["maxUsd", job.maxUsd],
    ...Object.entries(look).map(([field, value]) => [`output.${field}`, value] as const),
    ...Object.entries(at).map(([field, value]) => [`output.at.${field}`, value] as const),
    ["manyhands", job.madeBy?.version],
  ]);
}
