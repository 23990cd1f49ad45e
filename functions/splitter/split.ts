import { isDeepStrictEqual } from "node:util";
import { isSweptByDefault } from "../../shared/kernels/declaration.ts";
import type { Measured } from "../../shared/messages/job-request.ts";
import { isResumption, parseResumption } from "../../shared/messages/resumption.ts";
import { expectToFit } from "../../shared/plan/fit.ts";
import { expectSameKernel, madeBy } from "../../shared/plan/made-by.ts";
import { planRound } from "../../shared/plan/plan.ts";
import { loadJob, resolveJob } from "../../shared/plan/resolve-job.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { getParsed, putJson, type Store } from "../../shared/ports/store.ts";
import { readSubmission } from "../../shared/record/control.ts";
import { type Job, type StoredJob, StoredJobSchema } from "../../shared/record/job.ts";
import { writeLimit } from "../../shared/record/limit.ts";
import type { Submission } from "../../shared/record/submission.ts";
import { putGroup } from "../../shared/record/zarr-group.ts";
import { JobConflictError } from "../../shared/validation/errors.ts";
import { limitFirstRound } from "./limit-round.ts";
import { resume, unsaid } from "./resume.ts";
import { portsFor, type RoundPorts, submitRound, workforceOf } from "./submit-round.ts";

/**
 * Turns a job request into chunk messages, or the request to resume a job into those that it lacks. The same id with the
 * same request is the same job: split again, it sends nothing once everything was sent, and everything again where an
 * earlier split broke off. Throws InvalidInputError before anything is stored, also where no chunk can be computed in time,
 * and JobConflictError.
 */
export async function split(event: unknown, fallbackId: string, given: RoundPorts): Promise<Submission> {
  if (isResumption(event)) return resume(parseResumption(event), given);
  const { job, kernel, request } = await loadJob(event, fallbackId, given.kernels);
  const ports = portsFor(kernel, given);
  const { store, clock } = ports;
  const keys = jobKeys(job.jobId);
  const earlier = await storedJob(job, store, (measured) =>
    resolveJob({ ...request, measured }, fallbackId, kernel),
  );
  const submitted = earlier && (await readSubmission(store, job.jobId, 0));
  // A caller that changed its kernel's file expects that one's values.
  if (earlier) expectSameKernel(earlier, kernel);
  if (submitted) return submitted;
  const uploaded = kernel.upload && request.uploaded;
  const now = { submittedAtMs: clock.epochMs(), madeBy: madeBy(request.file) };
  const stored: StoredJob = earlier ?? {
    ...{ ...job, ...now },
    ...{ ...(uploaded && { uploaded }), ...(request.planned && { planned: request.planned }) },
  };
  const round = { round: 0, again: earlier !== undefined, uploaded: unsaid(uploaded, stored) };
  const planned = planRound(stored, kernel, workforceOf(ports), round);
  if (!earlier && ports.workers) expectToFit(planned);
  const { plan, limit } = limitFirstRound(planned, stored, round, ports);

  // job.json first: it says whose folder this is, and without it a run that ends here leaves objects of no job. What an
  // earlier split stored stays: it may have fields that are unknown here.
  if (!earlier) await putJson(store, keys.job, stored);
  await putGroup(store, stored, kernel.declaration);
  if (limit) await writeLimit(store, job.jobId, limit);
  return submitRound(stored, { ...round, plan, submittedAtMs: stored.submittedAtMs }, ports);
}

/** The same job as an earlier split stored it. Throws JobConflictError where its id has another request. */
async function storedJob(
  job: Job,
  store: Store,
  ofMeasured: (measured: Measured) => Job,
): Promise<StoredJob | undefined> {
  const stored = await getParsed(store, jobKeys(job.jobId).job, StoredJobSchema);
  if (!stored) return undefined;
  // A caller that asks again has timed a few cells again, and never to the same microsecond.
  const asked = stored.measured && job.measured ? ofMeasured(stored.measured) : job;
  if (!isSameRequest(stored, asked)) throw new JobConflictError(job.jobId);
  return stored;
}

/**
 * Whichever the kernel's version: expectSameKernel says that better. Whatever its cells took and was planned: that differs each time. Jobs
 * of a former version lack what requests had no word for then.
 */
function isSameRequest(
  { submittedAtMs, madeBy, uploaded, planned, computeSeconds, ...stored }: StoredJob,
  { computeSeconds: _, ...job }: Job,
): boolean {
  const { hash, values, axes, parameters, ...spec } = job.spec;
  if (stored.declaration) {
    const { hash: storedHash, ...storedSpec } = stored.spec;
    return isDeepStrictEqual(
      { ...stored, spec: storedSpec, declaration: job.declaration },
      { ...job, spec: { ...spec, values, axes, parameters } },
    );
  }
  const { declaration, ...others } = job;
  if (!declaration) return false;
  const former = {
    ...spec,
    values: values.map(({ name, dtype }, k) =>
      stored.spec.values[k]?.name === undefined ? { dtype } : { name, dtype },
    ),
    axes: axes.map(({ input, ...axis }) => axis),
    parameters: Object.fromEntries(
      Object.entries(parameters).filter(([name]) => !isSweptByDefault(declaration.inputs[name]!)),
    ),
  };
  return isDeepStrictEqual({ ...stored, version: job.version }, { ...others, spec: former });
}
