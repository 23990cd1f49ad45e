/** One measurement in a process of its own, as JSON: `measure.ts job <down> <across> <per message>`, `measure.ts split <side> <per message>`. */
import { runSplit } from "./split.ts";
import { runWholeJob } from "./whole-job.ts";

const [what, ...given] = process.argv.slice(2);
const perMessage = given.at(-1) === "auto" ? "auto" : Number(given.at(-1));
const [first = 0, second = 0] = given.map(Number);
const result =
  what === "job" ? await runWholeJob(first, second, perMessage) : await runSplit(first, perMessage);
process.stdout.write(`${JSON.stringify(result)}\n`);
