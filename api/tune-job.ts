/** Which deployment suits a job, from its request to the settings. */
import { type TunedJob, tuneJob } from "../client/predictions/tune-job.ts";
import { pricesHere } from "../client/prices/own-prices.ts";
import type { JobRequest } from "../shared/messages/job-request.ts";
import type { Tried } from "../shared/plan/configurations.ts";
import { lackingIn } from "../shared/plan/prices.ts";
import { type Verdict, verdictOf, verdictText } from "../shared/plan/verdict.ts";
import { counted } from "../shared/validation/counted.ts";
import { InvalidInputError } from "../shared/validation/errors.ts";
import { roughly } from "../shared/validation/roughly.ts";
import { usd as money } from "../shared/validation/usd.ts";
import { limitVerdict } from "./limit-warning.ts";
import { newJob } from "./new-job.ts";
import type { TuneOptions } from "./options.ts";
import { byField, placeAsked } from "./place.ts";
import { deploymentAsked } from "./plan-job.ts";
import type { TunedDeployment, Tuning } from "./tune-records.ts";

/** As the command gives them: values that were read, but not checked. */
export interface TuneAsked extends Pick<TuneOptions, "workers" | "jobId" | "region" | "timeoutSeconds"> {
  /** Is told now and then how many are tried of how many. */
  readonly onTried?: ((tried: number, of: number) => void) | undefined;
  /** Is given time and cost of every one, for a picture. */
  readonly onAll?: ((all: TunedJob["all"]) => void) | undefined;
}

/**
 * Times the job's chunks, at most for a second, and tries it on thousands of deployments by the model of `planned`. Sends and keeps nothing.
 * Throws InvalidInputError, also where no deployment could finish the job.
 */
export async function tuned(
  requested: () => Promise<JobRequest>,
  { workers, jobId, region: asked, timeoutSeconds: seconds, onTried, onAll }: TuneAsked,
  nameOf = byField,
): Promise<Tuning> {
  const place = placeAsked({ workers }, nameOf);
  const { region, timeoutSeconds } = deploymentAsked({ region: asked, timeoutSeconds: seconds }, nameOf);
  const { job, kernel, request } = await newJob(await requested(), jobId, nameOf);
  const mayCut = (request.chunk ?? "auto") === "auto";
  const of = { job, kernel, mayCut, region, timeoutSeconds, workers: place.workers };
  const found = await tuneJob(of, onTried);
  if (!found)
    throw new InvalidInputError(
      "the job",
      "one that some deployment can finish",
      `one whose messages take a worker longer than ${timeoutSeconds} s, or more memory than it can have`,
      "Take smaller chunks, fewer of them in a message, or a longer timeout.",
    );
  onAll?.(found.all);
  const { all, knee, byDefault, here, compute, basis, pricesDate } = found;
  const front = found.front.map(deploymentOf);
  return {
    verdict:
      textOf(verdictOf({ [here.engine]: here.prediction }, knee, knee.fleet), knee) +
      limitVerdict(job.maxUsd, found.enoughUsd),
    enoughUsd: found.enoughUsd,
    tried: all.length,
    front,
    knee: front[found.front.indexOf(knee)]!,
    ...(byDefault && { byDefault: deploymentOf(byDefault) }),
    here: { engine: here.engine as Tuning["here"]["engine"], seconds: here.prediction.seconds },
    ...{ compute, basis, region, timeoutSeconds, pricesDate },
    pricesLacking: lackingIn(pricesHere(region)),
  };
}

function deploymentOf({
  memoryMb,
  architecture,
  fleet,
  burst,
  chunkShape,
  ramp,
  seconds,
  usd,
}: Tried): TunedDeployment {
  return {
    ...{ memoryMb, architecture, maxConcurrency: fleet, burstConcurrency: burst },
    ...{ chunk: chunkShape, ramp, seconds, usd },
  };
}

function textOf(verdict: Verdict, { fleet, memoryMb }: Tried): string {
  if (verdict.kind === "stay") return verdictText(verdict);
  const { seconds, usd, hereSeconds } = verdict;
  return `At the knee, ${counted(fleet, "worker")} with ${memoryMb} MB take ${roughly(1000 * seconds)} for ${money(usd)}. Here it would take ${roughly(1000 * hereSeconds)}.`;
}
