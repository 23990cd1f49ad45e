import { PlaceError } from "../remote/place-error.ts";

/** The Redis cannot be used with the present settings: a sentence that says what to do, and exit code 2. */
export class RedisError extends PlaceError {
  override readonly name = "RedisError";
}
