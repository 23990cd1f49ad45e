/** What larger and smaller chunks than those of `auto` would make of a job, by simulation with the costs that balance recorded. */
import { readRecorded } from "../measuring/experiment.ts";
import { publish } from "../measuring/page.ts";
import { page } from "./page.ts";

const { from, results } = readRecorded<string[]>("balance");
publish("chunk-shapes", page(results), from, ["balance"]);
