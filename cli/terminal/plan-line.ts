import type { Plan } from "../../shared/record/plan.ts";
import { counted } from "../../shared/validation/counted.ts";
import { roughly } from "../../shared/validation/roughly.ts";
import { bytes, seconds } from "./text.ts";

const BRIEF_MS = 10_000;

/** What a job is going to be, in a line. Its seconds are by the estimate, which is made for a slow processor. */
export function planLine({
  seconds: { compute, makespan },
  bytes: { array },
  requests,
  workers,
}: Plan): string {
  const made = Object.values(requests).flatMap((stage) => Object.values(stage));
  const all = made.reduce((sum, count) => sum + count, 0);
  const least = `${time(makespan)} at the least with ${counted(workers, "worker")}`;
  return `Planned: ${time(compute)} of computing, ${least}; ${bytes(array)}, about ${counted(all, "request")}.`;
}

function time(s: number): string {
  return 1000 * s < BRIEF_MS ? seconds(1000 * s) : roughly(1000 * s);
}
