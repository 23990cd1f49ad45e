import { ManyhandsError } from "../validation/errors.ts";

/** A kernel that does what no kernel may, such as asking a clock: it does so in each cell, so `onError` does not cover it. */
export class ContractError extends ManyhandsError {
  override readonly name = "ContractError";
  readonly permanent = true;
}
