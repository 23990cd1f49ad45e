import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { didYouMean } from "../shared/validation/nearest-name.ts";
import { SettingError } from "./settings.ts";

type Context = Readonly<Record<string, unknown>>;

/** The folders in which the CDK's command line looks for context: the app's, and the user's own. */
export interface ContextFolders {
  readonly project: string;
  readonly home: string;
}

/** Keys that the CDK's command line keeps in the context; all its others have a colon or a slash. */
const OF_CDK = ["acknowledged-issue-numbers", "cli-telemetry"];
/** What settings were called before. */
const FORMER: Readonly<Record<string, string>> = { workerMemoryMb: "memoryMb" };

/**
 * Refuses a key that nothing reads: with a misspelt one, CDK would deploy a default, such as a fleet of 900. Throws
 * SettingError. A key from the user's own `~/.cdk.json` is only warned about, as that file is for every app. The CDK
 * hands all context over as one, so where a key is from is read from the files.
 */
export function refuseUnread(
  context: Context,
  known: readonly string[],
  warn: (sentence: string) => void,
  { project, home }: ContextFolders = { project: process.cwd(), home: homedir() },
): void {
  const [ofApp, ofUser] = [join(project, "cdk.json"), join(home, ".cdk.json")].map(contextIn);
  // The command line's own notes, such as the zones of an account.
  const noted = readJson(join(project, "cdk.context.json"));
  const passed = new Set([...known, ...OF_CDK]);
  for (const [key, value] of Object.entries(context)) {
    const isNoted = key in noted && !(key in ofApp!);
    if (/[:/]/.test(key) || passed.has(key) || isNoted) continue;
    const refusal = new SettingError("a setting", `one of ${known.join(", ")}`, key, hintFor(key, known));
    const isUsers = !(key in ofApp!) && key in ofUser! && isDeepStrictEqual(ofUser![key], value);
    if (!isUsers) throw refusal;
    warn(`${refusal.message} It stands in ~/.cdk.json, and is ignored.`);
  }
}

function hintFor(key: string, known: readonly string[]): string {
  if (Object.hasOwn(FORMER, key)) return `It is ${FORMER[key]} now.`;
  return didYouMean(key, known);
}

const contextIn = (path: string): Context => readObject(readJson(path).context);

/** Empty where there is none. A file that is no JSON was refused by the command line before. */
function readJson(path: string): Context {
  try {
    return readObject(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return {};
  }
}

const readObject = (value: unknown): Context => (typeof value === "object" ? { ...value } : {});
