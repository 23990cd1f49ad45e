import { styleText } from "node:util";
import { conform as conformWith, type Result } from "../../client/conform/conform.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { show } from "../../shared/validation/parse.ts";
import { printable } from "../../shared/validation/printable.ts";
import { jsonLine } from "../terminal/text.ts";

export interface ConformOptions {
  readonly only?: string;
  readonly redis?: boolean;
  readonly seconds: string;
  readonly json?: boolean;
}

/** What a worker printed, the last of it, for when something is wrong. */
const OUTPUT_CHARACTERS = 2000;

/** `manyhands conform`: exit code 1 where a check failed. Throws InvalidInputError. */
export async function conform(
  command: readonly string[],
  { only, redis, seconds, json }: ConformOptions,
): Promise<number> {
  const most = Number(seconds);
  if (!(most > 0 && most <= 3600))
    throw new InvalidInputError("--seconds", "a number above 0, up to 3600", show(seconds));
  const results: Result[] = [];
  let output = "";
  const isRight = await conformWith(command, {
    only: only?.split(",").map((name) => name.trim()),
    isOnRedis: redis,
    seconds: most,
    onOutput: (text) => {
      output = `${output}${text}`.slice(-OUTPUT_CHARACTERS);
    },
    onResult: (result) => {
      results.push(result);
      if (!json) process.stdout.write(asText(result));
    },
  });
  if (json)
    process.stdout.write(
      jsonLine(results.map(({ fault, ...rest }) => ({ ...rest, passed: fault === undefined, fault }))),
    );
  if (isRight) return 0;
  if (output !== "")
    process.stderr.write(`The worker said last:\n${output.split("\n").map(printable).join("\n")}\n`);
  return 1;
}

function asText({ check, about, fault }: Result): string {
  const mark = fault === undefined ? styleText("green", "✔") : styleText("red", "✘");
  return `${mark} ${check.padEnd(20)} ${about}\n${fault === undefined ? "" : `  ${" ".repeat(20)} ${printable(fault)}\n`}`;
}
