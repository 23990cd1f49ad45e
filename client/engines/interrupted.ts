import { ManyhandsError } from "../../shared/validation/errors.ts";

/**
 * The run was stopped from outside; the message, where there is one, says what became of the job. Named as Node names its own: `cause` is
 * the signal's reason.
 */
export class InterruptedError extends ManyhandsError {
  override readonly name: string = "AbortError";
  readonly permanent = false;
  /** True where the job goes on elsewhere. */
  readonly goesOn: boolean;

  constructor(message?: string, goesOn = false, options?: ErrorOptions) {
    super(message, options);
    this.goesOn = goesOn;
  }

  override get code(): string {
    return "ABORT_ERR";
  }
}

/** The run lost sight of its job without being stopped; the message says why, and what became of the job. */
export class DetachedError extends InterruptedError {
  override readonly name = "DetachedError";

  override get code(): string {
    return "DETACHED";
  }
}
