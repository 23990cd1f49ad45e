import type { Command } from "commander";
import type { InitOptions } from "./commands/init.ts";

/** Adds `init` to the program. */
export function addInitCommand(program: Command): void {
  program
    .command("init")
    .description("make a project: a kernel in TypeScript and in C, its types, and a CDK app")
    .argument("[folder]", "a new one or an empty one", ".")
    .option("--json", "as one JSON object")
    .addHelpText(
      "after",
      `
Nothing is installed and nothing deployed; the commands that go on are printed.

Example:
  manyhands init my-project

Exit codes: 0 made, 2 bad input: the folder is not empty, or cannot be written.`,
    )
    .action(async (folder: string, options: InitOptions) => {
      process.exitCode = (await import("./commands/init.ts")).init(folder, options);
    });
}
