import { ManyhandsError } from "../../../shared/validation/errors.ts";
import { show } from "../../../shared/validation/parse.ts";

/** The claim was lost while its process was at work. */
export class ClaimLostError extends ManyhandsError {
  override readonly name = "ClaimLostError";
  readonly permanent = false;

  constructor(folder: string) {
    super(
      `Expected ${show(folder)} to stay with this process, its claim was removed: another one goes on with the job, or somebody moved the folder. This one stopped; what is stored is whole.`,
    );
  }
}
