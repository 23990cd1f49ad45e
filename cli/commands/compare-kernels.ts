import * as v from "valibot";
import type { Deployment } from "../../client/cloud/deployment.ts";
import { isLocal } from "../../client/cloud/place.ts";
import { deployWithKernels } from "../../shared/build/commands.ts";
import type { UploadKind } from "../../shared/kernels/uploads.ts";
import type { Found } from "./finding.ts";

/** A kernel's file as it is on this machine. */
export interface KernelHere {
  readonly name: string;
  readonly hash: string | undefined;
  readonly kind: UploadKind;
  /** Absolute: `cdk deploy` may run in another folder than this command. */
  readonly path: string;
}

/** Characters of a hash that a line shows. */
const SHOWN = 8;
const HashesSchema = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.string()));

/** Which kernels a deployment has, and whether each of these files is deployed as it is here. */
export function compareKernels(
  {
    version,
    kernels = "{}",
    kernelUploads,
    place,
    python,
  }: Pick<Deployment, "version" | "kernels" | "kernelUploads" | "place" | "python">,
  here: readonly KernelHere[],
): Found {
  const parsed = v.safeParse(HashesSchema, kernels);
  if (!parsed.success) {
    return {
      state: "warning",
      text: `those of ${version}; the stack's output Kernels, which names those of files, cannot be read`,
      advice: `Deploy again with ${deployWithKernels(isLocal(place), ["<all files>"])}.`,
    };
  }
  const deployed = new Map(Object.entries(parsed.output));
  const names = [...deployed].map(([name, hash]) => `${name} ${hash.slice(0, SHOWN)}`);
  const own = names.length > 0 ? `and of files ${names.join(", ")}` : "and none of a file";
  const takes = ({ kind }: KernelHere) =>
    kernelUploads === "all" ? kind !== "python" || python !== undefined : kernelUploads === kind;
  const compared = here.map((file) => comparison(file, deployed, takes(file)));
  const text = [`those of ${version}, ${own}`, ...compared].join("; ");
  if (here.every((file) => deployed.get(file.name) === file.hash || takes(file)))
    return { state: "ok", text };
  // A deployment loses the kernels that its last one does not name.
  const others = [...deployed.keys()].filter((name) => !here.some((file) => file.name === name));
  const files = [...here.map(({ path }) => path), ...others.map((name) => `<file of ${name}>`)];
  return {
    state: "warning",
    text,
    advice: `Deploy again with ${deployWithKernels(isLocal(place), files)}: a deployment has the files that its last one named, and no others.`,
  };
}

function comparison(
  { name, hash = "unknown" }: KernelHere,
  deployed: ReadonlyMap<string, string>,
  isUploaded: boolean,
): string {
  if (deployed.get(name) === hash) return `${name} as here`;
  if (isUploaded) return `${name} is uploaded with its job`;
  if (!deployed.has(name)) return `${name} is not deployed`;
  return `${name} is another version than the file here (${hash.slice(0, SHOWN)})`;
}
