import type { Command } from "commander";
import type { DiffOptions } from "./commands/diff.ts";
import { addRemoteOptions } from "./remote-commands.ts";

/** Adds `diff` to the program. */
export function addDiffCommand(program: Command): void {
  addRemoteOptions(program.command("diff"))
    .description("how two jobs differ: cell by cell, in time and cost, and in what was asked for")
    .argument("<job>", "a job's folder, or its id")
    .argument("<other>", "another one's")
    .option(
      "-e, --engine <name>",
      "where both are: aws, redis, any other for folders (default: each here, else there)",
    )
    .option("-o, --out <file>", "also draw where they differ: a new .png, .svg or .pdf")
    .option("--json", "as one JSON object")
    .addHelpText(
      "after",
      `
Arrays of one shape are compared cell by cell at the same index, however each is cut into chunks, a few chunks at a time. NaN equals NaN, 0 equals
-0 (verify tells them apart), and two cells of a kernel's special value, such as "never flips", are the same whichever numbers
stand for it. A cell that has a number in one job, and a hole or NaN in the other, differs. Of arrays of other shapes times and settings are compared.
A picture has the furthest difference in each of its cells, so that a single cell of a large array is seen.

Examples:
  manyhands diff j1 j2
  manyhands diff j1 j2 --out where.png
  manyhands diff j1 there                     one in results/, the other in the deployment
  manyhands diff j1 j2 --json | jq .values[0].absolute

Exit codes, as those of diff: 0 the same values, 1 other values, axes or shapes, 2 trouble, 130 interrupted.`,
    )
    .action(async (job: string, other: string, options: DiffOptions) => {
      process.exitCode = await (await import("./commands/diff.ts")).diff(job, other, options);
    });
}
