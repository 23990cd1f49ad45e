import { ManyhandsError } from "../../shared/validation/errors.ts";

/** A stage of the deployment threw an error. */
export class StageError extends ManyhandsError {
  override readonly name = "StageError";
  readonly permanent: boolean;
  constructor(stage: string, errorType: string, errorMessage: string) {
    super(REFUSALS.has(errorType) ? errorMessage : `The ${stage} failed with ${errorType}: ${errorMessage}`);
    this.permanent = REFUSALS.has(errorType);
  }
}

/** Errors by which the splitter refuses a job, by name. */
const REFUSALS = new Set([
  ...["InvalidInputError", "NewerVersionError", "JobConflictError"],
  ...["ListingError", "TooLargeError", "MissingObjectError", "CorruptUploadError"],
]);
