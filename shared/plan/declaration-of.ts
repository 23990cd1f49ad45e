import type { Declaration } from "../kernels/declaration.ts";
import { declare } from "../kernels/declare.ts";
import type { Registry } from "../kernels/registry.ts";
import type { StoredJob } from "../record/job.ts";
import { InvalidInputError } from "../validation/errors.ts";
import { show } from "../validation/parse.ts";

/**
 * What the job's kernel declares, by its job.json. A job without it is of a version that had built-in kernels only. Throws
 * InvalidInputError.
 */
export function declarationOf(
  { declaration, spec }: Pick<StoredJob, "declaration" | "spec">,
  builtIns: Registry,
): Declaration {
  if (declaration) return declaration;
  const kernel = builtIns.get(spec.kernel);
  if (kernel) return declare(kernel, spec.kernel).declaration;
  throw new InvalidInputError("kernel", `one of ${[...builtIns.keys()].join(", ")}`, show(spec.kernel));
}
