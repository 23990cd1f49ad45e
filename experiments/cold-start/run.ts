/**
 * Cold starts of a worker by memory, bundle and kernel: on this machine, or with `--aws <stack>` on a deployment, whose figures are
 * printed and, where it is AWS, recorded beside the others. Exit code 2 where cgroups or openssl are not to be had.
 */
import { isLocal } from "../../client/cloud/place.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { experiment, readRecorded } from "../measuring/experiment.ts";
import { measureOnAws } from "./aws.ts";
import { type Here, measureHere } from "./here.ts";
import { page, type Results } from "./page.ts";

const NAME = "cold-start";
const [option, stack] = process.argv.slice(2);

try {
  if (option === "--aws") {
    if (!stack) throw new InvalidInputError("--aws", "the name of a stack", "none");
    const aws = { ...(await measureOnAws(stack)), date: new Date().toISOString().slice(0, 10) };
    console.log(JSON.stringify(aws));
    // What a LocalStack takes says nothing of AWS.
    if (!isLocal(aws.place))
      await experiment<Results>(NAME, async () => ({ ...readRecorded<Here>(NAME).results, aws }), page);
  } else await experiment<Results>(NAME, measureHere, page);
} catch (error) {
  if (!(error instanceof InvalidInputError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
