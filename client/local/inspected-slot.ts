import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";

/** The slot that MANYHANDS_INSPECT names: it waits for a debugger. Throws InvalidInputError for any other text. */
export function inspectedSlot({ MANYHANDS_INSPECT: name } = process.env): string | undefined {
  if (!name) return undefined;
  if (/^(splitter|worker|aggregator)-[1-9][0-9]*$/.test(name)) return name;
  throw new InvalidInputError("MANYHANDS_INSPECT", "the name of a slot, such as worker-1", show(name));
}
