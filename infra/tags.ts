import { SettingError } from "./settings.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html, and at most 50 a stack. */
const MOST_TAGS = 50;
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const EXPECTED =
  "team=physics,project=fractals or an object of such texts: up to 50 tags, names of 1 to 128 and values of up to 256 letters, digits, spaces and _.:/=+-@, no name beginning with aws:";

/** Tags for the stack and all its resources, from the command line or cdk.json. Throws SettingError. */
export function toTags(given: unknown): Record<string, string> | undefined {
  if (given === undefined) return undefined;
  const pairs = typeof given === "string" ? fromText(given) : fromObject(given);
  const isRight = pairs?.every(isTag) && pairs.length > 0 && pairs.length <= MOST_TAGS;
  if (isRight && new Set(pairs.map(([name]) => name)).size === pairs.length) return Object.fromEntries(pairs);
  throw new SettingError("tags", EXPECTED, typeof given === "string" ? given : JSON.stringify(given));
}

type Pair = readonly [string, unknown];

function fromText(text: string): Pair[] {
  return text.split(",").map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return [name.trim(), value.length > 0 ? value.join("=").trim() : undefined];
  });
}

function fromObject(given: unknown): Pair[] | undefined {
  const isObject = typeof given === "object" && given !== null && !Array.isArray(given);
  return isObject ? Object.entries(given) : undefined;
}

function isTag(pair: Pair): pair is readonly [string, string] {
  const [name, value] = pair;
  if (typeof value !== "string" || !CHARACTERS.test(name) || !CHARACTERS.test(value)) return false;
  return name.length > 0 && name.length <= 128 && value.length <= 256 && !/^aws:/i.test(name);
}
