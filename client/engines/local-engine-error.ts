import { ManyhandsError } from "../../shared/validation/errors.ts";

/** Engine local broke off: a stage failed, its processes did not start, or nothing went on. What is stored stays. */
export class LocalEngineError extends ManyhandsError {
  override readonly name = "LocalEngineError";
  readonly permanent: boolean = false;
}
