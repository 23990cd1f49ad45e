/** From a kernel, its inputs and the options of an array, as a caller of the library passes them, to a job request. */
import type { FileOptions } from "../client/kernels/meant-kernel.ts";
import type { Declaration } from "../shared/kernels/declaration.ts";
import type { InputRequest, InputRequests, JobRequest } from "../shared/messages/job-request.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { show } from "../shared/validation/parse.ts";
import type { AnyInput, AnyInputs, Range } from "./inputs.ts";
import { type KernelAsked, kernelAsked } from "./kernel-asked.ts";
import type { ArrayOptions } from "./options.ts";
import { requestOfKernel, withoutUndefined } from "./request-asked.ts";

/** The request, which `newJob` checks. Throws InvalidInputError. */
export async function requestFor(
  asked: KernelAsked,
  inputs: AnyInputs = {},
  options: ArrayOptions & FileOptions = {},
): Promise<JobRequest> {
  const meant = await kernelAsked(asked, options);
  return requestOfKernel(meant, inputsFor(inputs, meant.kernel.declaration), options);
}

function inputsFor(inputs: AnyInputs, { inputs: declared }: Declaration): InputRequests {
  if (typeof inputs !== "object" || inputs === null || Array.isArray(inputs))
    throw new InvalidInputError("inputs", "an object with a value, a list or a range for each", show(inputs));
  return Object.fromEntries(
    Object.entries(inputs)
      .filter(([, given]) => given !== undefined)
      .map(([name, given]) => {
        const input = declared[name];
        return [name, inputFor(given as AnyInput, input?.kind === "number" && input.scale === "log", name)];
      }),
  );
}

/** A range says `scale`, and a request says `rule`. Even steps are said only where the input's own scale is another. */
function inputFor(given: AnyInput, isLogByDefault: boolean, name: string): InputRequest {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given as InputRequest;
  const { scale, ...range } = given as Range;
  if (scale !== undefined && scale !== "log" && scale !== "linear")
    throw new InvalidInputError(`inputs.${name}.scale`, '"linear" or "log"', show(scale));
  const rule = scale === "log" ? "log" : scale === "linear" && isLogByDefault ? "index" : undefined;
  return withoutUndefined({ ...range, rule } as const);
}
