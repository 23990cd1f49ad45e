/** `manyhands`: the library. */
export { InvalidInputError } from "../shared/validation/errors.ts";
