import { DEFAULT_ENGINE, engineAsked, engineNamed } from "../../client/engines/engines.ts";
import { builtIns } from "../../client/kernels/loader.ts";
import { IS_PACKAGE } from "../../shared/build/commands.ts";
import type { Input } from "../../shared/kernels/declaration.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { optionHelp, optionName, optionValue } from "../request/input-option.ts";
import { aligned, jsonLine } from "../terminal/text.ts";
import type { UploadedKernelsOptions } from "./uploaded-kernels.ts";

export interface KernelsOptions extends UploadedKernelsOptions {
  readonly engine?: string;
}

/** `manyhands kernels`: what can be computed, and what it is a function of; elsewhere, what was uploaded there. */
export async function kernels(options: KernelsOptions): Promise<void> {
  const { json, prune } = options;
  const engine = engineAsked(options) ?? engineNamed(DEFAULT_ENGINE);
  if (engine.isRemote) return (await import("./uploaded-kernels.ts")).uploadedKernels(engine, options);
  if (prune) throw new InvalidInputError("--prune", "left out: nothing is uploaded", `engine ${engine.name}`);
  const all = [...builtIns.values()].map(({ name, hash, declaration }) => ({ name, hash, ...declaration }));
  if (json) process.stdout.write(jsonLine(all));
  else
    process.stdout.write(
      `${all.map(described).join("\n")}\nA file of your own: manyhands run ./mine.ts${IS_PACKAGE ? "" : " (docs/kernels.md)"}\n`,
    );
}

function described({
  name,
  about,
  values,
  inputs,
}: (typeof builtIns extends ReadonlyMap<string, infer K> ? K : never)["declaration"] & {
  name: string;
}): string {
  return aligned(`${name}: ${about}`, [
    ...values.map(
      (value) => ["value", `${value.about || value.name}${value.unit && ` (${value.unit})`}`] as const,
    ),
    ...Object.entries(inputs).map(
      ([input, each]) =>
        ["input", `${optionName(input)} ${optionValue(each as Input)} ${optionHelp(each)}`] as const,
    ),
  ]);
}
