import type { Command } from "commander";
import type { MapCommandOptions } from "./commands/map.ts";
import { addRemoteOptions, DEFAULTS } from "./remote-commands.ts";

/** Adds `map` to the program. */
export function addMapCommand(program: Command): void {
  addRemoteOptions(program.command("map").description("run a task of your own on each line of a file"))
    .argument("<task>", "a file that exports task()")
    .argument("<items>", "a file of JSON lines, an item each; - reads stdin")
    .option("-e, --engine <name>", `where: an engine that run --help names ${DEFAULTS}`)
    .option("-w, --workers <n>", "workers at a time (default: one per core)")
    .option("-o, --out <folder>", "where to write (default: results/<job id>)")
    .option("--concurrency <n>", "items that a worker has under way at a time (default: 1)")
    .option("--item-seconds <s>", "what an item may take; one that takes longer has failed (default: 30)")
    .option(
      "--items-per-shard <n>",
      "items that travel and are stored together (default: by their number and size)",
    )
    .option("--seed <n>", "random numbers follow from it (default: 0)")
    .option("--allow-missing <share>", "be content (exit code 0) where no more items fail: 0.01, 1%")
    .option("--max-usd <usd>", "end the job before it costs more; not on engines serial and threads")
    .option("--ramp <name>", "how workers are started, on AWS only: auto, mapping, burst")
    .option("--job-id <id>", "name the job")
    .option("--no-plots", "draw no timeline")
    .option("--notify", "ring the terminal's bell, and notify the desktop, when a job of over a minute ends")
    .option("--watch", "show the items' progress on a page of this machine, in the desktop's browser")
    .option("--no-open", "with --watch: only print the page's address")
    .option("--no-report", "write no report.html")
    .option("--dry-run", "run nothing: say what it will take and cost; an item is taken to last a second")
    .option("--json", "print the result as one JSON object, and nothing else")
    .option("-q, --quiet", "print nothing")
    .addHelpText(
      "after",
      `
The task is called once with each item: task(item, { random, signal }). It may use the network, Node's modules and npm packages.
What it gives becomes a line of results.jsonl in the job's folder, in the order of the items: {"index":0,"value":…}, or
{"index":0,"error":"…"} where it threw or took too long. An item and its value have at most 256 kB each, a list at most 1,000,000 items.
\`manyhands resume\` tries the items again that failed.

Examples:
  manyhands map ./title.ts urls.jsonl --concurrency 8 --item-seconds 10
  jq -c '.[]' texts.json | manyhands map ./words.ts - --engine threads

Exit codes: 0 every item gave a value, 1 none did, 2 bad input, 3 some failed or it was cancelled, 130 interrupted.`,
    )
    .action(async (task: string, items: string, options: MapCommandOptions) => {
      process.exitCode = await (await import("./commands/map.ts")).map(task, items, options);
    });
}
