/** Messages that ask for nothing, or that another worker is to take. */
import { MOST_HANDED_ON, timesHandedOn } from "../../shared/ports/delivery.ts";
import { jobKeys, rejectedKey } from "../../shared/ports/keys.ts";
import { putJson } from "../../shared/ports/store.ts";
import type { Bench, Seen } from "./bench.ts";
import type { Check } from "./check.ts";
import { expectAcknowledged, expectDone, SMALL } from "./chunk-checks.ts";
import { expectThat } from "./failed-check.ts";
import type { GoldenJob } from "./golden-job.ts";

/** What a message is hidden for at least, when it waits for another worker. */
const LEAST_SECONDS = 2;

const control = ({ job }: GoldenJob, round: number) => `${jobKeys(job.jobId).control}cancelled-${round}.json`;

/** A note that the worker lacks the kernel may be put. */
function expectSilence({ reports, steps }: Seen): void {
  expectThat(reports.length === 0, "no report", `${reports.length}`);
  const all = steps.flatMap((step) => (step.kind === "put" ? [step.key] : []));
  const puts = all.filter((key) => !key.endsWith("/lacking.json"));
  expectThat(puts.length === 0, "no object to be put", puts.join(", "));
}

/**
 * Throws FailedCheck where the worker does not leave the message to others, by hiding it or by sending it anew with a delay, or reports
 * anything. Gives the count in what was sent anew.
 */
async function expectHandedOn(bench: Bench, body: string, delivery = 1): Promise<number | undefined> {
  const seen = await bench.give(body, delivery);
  expectSilence(seen);
  const uncounted = (text: string) => JSON.stringify({ ...JSON.parse(text), handedOn: 0 });
  const anew = seen.sentAgain.find((sent) => uncounted(sent.body) === uncounted(body));
  expectThat(
    !seen.isAcknowledged || anew !== undefined,
    "the message to be handed back, or sent anew",
    "an acknowledgement",
  );
  const seconds = seen.pauseSeconds ?? anew?.delaySeconds ?? 0;
  expectThat(seconds >= LEAST_SECONDS, `a pause of ${LEAST_SECONDS} s or more`, `${seconds} s`);
  return anew && timesHandedOn(anew.body);
}

/** A message of a small job for a version of its kernel that no worker has. */
async function ofLackingKernel(bench: Bench, handedOn: number): Promise<string> {
  const message = (await bench.job(SMALL)).message([0, 1], { kernel: "0123456789abcdef" });
  return JSON.stringify({ ...JSON.parse(message), handedOn });
}

async function expectRejected(bench: Bench, body: string): Promise<void> {
  const seen = await bench.give(body);
  expectAcknowledged(seen);
  expectThat(seen.reports.length === 0, "no report of junk", `${seen.reports.length}`);
  const key = rejectedKey(seen.messageId);
  const kept = await bench.store.get(key);
  expectThat(kept !== undefined, `an object ${key}`, "none");
  const record = JSON.parse(Buffer.from(kept).toString());
  expectThat(
    record.body === body && typeof record.reason === "string",
    "its body and a reason in it",
    JSON.stringify(record),
  );
}

export const messageChecks: readonly Check[] = [
  {
    name: "junk",
    about: "a body that is no JSON: kept as rejected/<message id>, and acknowledged",
    run: (bench) => expectRejected(bench, "no JSON {"),
  },
  {
    name: "junk-fields",
    about: "a body that its schema refuses: the same",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      await expectRejected(bench, job.message([0]).replace('"chunks":[0]', '"chunks":[-1]'));
    },
  },
  {
    name: "unknown-field",
    about: "a field that the worker does not know is ignored",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      const body = JSON.stringify({ ...JSON.parse(job.message([1])), ofLater: { anything: true } });
      await expectDone(await bench.give(body), job, [1]);
    },
  },
  {
    name: "newer-version",
    about: `a message of a version to come: left to others for ${LEAST_SECONDS} s or more, nothing stored or reported`,
    run: async (bench) => {
      await expectHandedOn(bench, JSON.stringify({ version: 99, whatItSays: "is not known here" }));
    },
  },
  {
    name: "other-kernel",
    about:
      "a message of a kernel that the worker lacks, and of another version of one: the same, and no chunk fails",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      await expectHandedOn(bench, job.message([0], { kernel: "0123456789abcdef" }));
      const other = {
        ...job.job,
        jobId: "conform-other-kernel",
        spec: { ...job.job.spec, kernel: "no-such-kernel", hash: "fedcba9876543210" },
      };
      await putJson(bench.store, jobKeys(other.jobId).job, other);
      await expectHandedOn(bench, job.message([0], { jobId: other.jobId, kernel: other.spec.hash }));
    },
  },
  {
    name: "handed-on",
    about:
      "the same where others left it before: sent anew with its count raised by one, and hidden where it was delivered before",
    run: async (bench) => {
      const counted = await expectHandedOn(bench, await ofLackingKernel(bench, 7));
      expectThat(counted === undefined || counted === 8, "handedOn to be 8 after 7", `${counted}`);
      const again = await expectHandedOn(bench, await ofLackingKernel(bench, 7), 2);
      expectThat(again === undefined, "a second delivery to be hidden", "one that was sent anew");
    },
  },
  {
    name: "handed-on-long",
    about: `the same where it was handed on ${MOST_HANDED_ON} times, about a day: a final failure of each chunk, and an acknowledgement`,
    run: async (bench) => {
      const seen = await bench.give(await ofLackingKernel(bench, MOST_HANDED_ON));
      expectAcknowledged(seen);
      const failures = seen.reports.flatMap((report) => report.failures);
      const final = failures.filter((failure) => failure.final).map(({ chunk }) => chunk);
      expectThat(
        final.toSorted((a, b) => a - b).join() === "0,1" && failures.length === 2,
        "a final failure of chunk 0 and of chunk 1",
        JSON.stringify(failures),
      );
    },
  },
  {
    name: "cancelled",
    about: "a message of a cancelled round: acknowledged, nothing stored or reported",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      await putJson(bench.store, control(job, 0), { version: 1, atMs: 0 });
      const seen = await bench.give(job.message([0]));
      expectAcknowledged(seen);
      expectSilence(seen);
    },
  },
  {
    name: "cancelled-before",
    about: "a message of the round after a cancelled one: computed, and its report says the round",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      await putJson(bench.store, control(job, 0), { version: 1, atMs: 0 });
      const seen = await bench.give(job.message([0], { round: 1 }));
      await expectDone(seen, job, [0]);
      expectThat(seen.reports[0]!.round === 1, "a report of round 1", `round ${seen.reports[0]!.round}`);
    },
  },
  {
    name: "deleted-job",
    about:
      "a message of a job that is gone, or whose id another job has now: acknowledged, nothing stored or reported",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      const ofJobMs = job.job.submittedAtMs - 1;
      for (const message of [job.message([0], { jobId: "conform-gone" }), job.message([0], { ofJobMs })]) {
        const seen = await bench.give(message);
        expectAcknowledged(seen);
        expectSilence(seen);
      }
    },
  },
];
