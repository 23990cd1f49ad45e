import { InvalidInputError } from "../../shared/validation/errors.ts";
import { didYouMean } from "../../shared/validation/nearest-name.ts";
import { show } from "../../shared/validation/parse.ts";

/** The text as one of the names, where there is a text. Throws InvalidInputError naming the option. */
export function choice<const Names extends readonly string[], Text extends string | undefined>(
  names: Names,
  text: Text,
  option: string,
): Names[number] | Extract<Text, undefined> {
  if (text === undefined) return text as Extract<Text, undefined>;
  if (names.includes(text)) return text;
  throw new InvalidInputError(option, `one of ${names.join(", ")}`, show(text), didYouMean(text, names));
}
