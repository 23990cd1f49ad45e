import type { StoredJob } from "../../shared/record/job.ts";
import { counted } from "../../shared/validation/counted.ts";
import { pricesHere } from "../prices/own-prices.ts";
import type { FoundCost } from "../remote/remote.ts";
import type { Cloud } from "./cloud.ts";
import { loggedJob } from "./logged-job.ts";

/** What the deployment's logs and reports say that a job cost. Throws what the clients throw. */
export async function jobCost(cloud: Cloud, job: StoredJob): Promise<FoundCost> {
  const found = await loggedJob(cloud, job, pricesHere(cloud.deployment.region));
  const { cost, ofOthers, ofNone, counted: requests } = found;
  if (cost.basis !== "logged")
    return {
      cost,
      remarks: ["The functions' logs have nothing of this job any more: this is by its reports."],
    };
  const bucket = requests?.put === undefined ? "by formula" : "as CloudWatch counted them";
  const remarks = [`Invocations are as the functions' logs say, S3's requests ${bucket}.`];
  if (ofOthers > 0)
    remarks.push(
      `Other jobs ran meanwhile: ${counted(ofOthers, "invocation")} of theirs left out, and ${counted(ofNone, "invocation")} that ${ofNone === 1 ? "names" : "name"} no job counted here.`,
    );
  if (requests && requests.redelivered > 0)
    remarks.push(`${counted(requests.redelivered, "message")} came again.`);
  return { cost, remarks };
}
