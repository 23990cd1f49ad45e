/** Runs one function in a new process. As a program: `own-process.ts <module> <function> <arguments as JSON>`. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Calls what `module` exports as `name` in a new process, whose memory and CPU time are then of that call alone, and
 * returns its result. Arguments and result travel as JSON. A line on stderr says what came.
 *
 * @example await inOwnProcess<WholeJob>(join(import.meta.dirname, "whole-job.ts"), "runWholeJob", 100, 100, "auto")
 */
export async function inOwnProcess<Result>(
  module: string,
  name: string,
  ...args: readonly unknown[]
): Promise<Result> {
  const program = [import.meta.filename, module, name, JSON.stringify(args)];
  const { stdout } = await promisify(execFile)(process.execPath, program);
  console.error(stdout.trim());
  return JSON.parse(stdout) as Result;
}

if (import.meta.main) {
  const [module = "", name = "", args = "[]"] = process.argv.slice(2);
  const called = (await import(module))[name] as (...args: unknown[]) => unknown;
  console.log(JSON.stringify(await called(...(JSON.parse(args) as unknown[]))));
}
