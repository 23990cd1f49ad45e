/**
 * Cold starts of a worker by memory, bundle and kernel: on this machine, or with `--aws <stack>` on a deployment. Exit code 2
 * where cgroups or openssl are not to be had.
 */
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { experiment } from "../measuring/experiment.ts";
import { measureHere } from "./here.ts";
import { page } from "./page.ts";

try {
  await experiment("cold-start", measureHere, page);
} catch (error) {
  if (!(error instanceof InvalidInputError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
