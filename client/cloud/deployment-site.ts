import { REMOVE_LOCALLY } from "../../shared/build/commands.ts";
import { stackOption } from "../../shared/validation/command-line.ts";
import { printable } from "../../shared/validation/printable.ts";
import { REDIS_URL } from "../redis/redis-env.ts";
import type { Site } from "../remote/remote.ts";
import type { Deployment } from "./deployment.ts";
import { isLocal } from "./place.ts";

/** A deployment, for a job's status and report: its place and name, its cost while idle, how to remove it. */
export function siteOf(deployment: Deployment): Site {
  const { stack, region, bucket, idleCost, removal } = deployment;
  const place = printable(`stack ${stack} in ${deployment.place}`);
  const local = isLocal(deployment.place);
  // The rest of these sentences is for the user who deploys.
  const brief = (sentence: string) => printable(sentence.split(";")[0] ?? "");
  return {
    place,
    fields: { stack, region, bucket },
    lines: [
      ["where", place],
      ["bucket", printable(bucket)],
      ["idle cost", local ? "none on this machine" : brief(idleCost)],
      ["removal", local ? REMOVE_LOCALLY : brief(removal)],
    ],
    // Where a Redis is named, a command that names no stack means that.
    options: process.env[REDIS_URL] ? ["--stack", stack] : stackOption(stack),
  };
}
