import { ManyhandsError } from "../../shared/validation/errors.ts";

/** The place of remote jobs cannot be used with the present settings: a sentence that says what to do, and exit code 2. */
export abstract class PlaceError extends ManyhandsError {
  readonly permanent = true;
}
