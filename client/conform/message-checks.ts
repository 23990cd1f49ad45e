/** Messages that ask for nothing, or that another worker is to take. */
import { jobKeys, rejectedKey } from "../../shared/ports/keys.ts";
import { putJson } from "../../shared/ports/store.ts";
import type { Bench, Seen } from "./bench.ts";
import type { Check } from "./check.ts";
import { expectAcknowledged, expectDone, SMALL } from "./chunk-checks.ts";
import { expectThat } from "./failed-check.ts";
import type { GoldenJob } from "./golden-job.ts";

/** What a message is hidden for at least, when it waits for another worker. */
const DEPLOYMENT_SECONDS = 60;

const control = ({ job }: GoldenJob, round: number) => `${jobKeys(job.jobId).control}cancelled-${round}.json`;

function expectSilence({ reports, steps }: Seen): void {
  expectThat(reports.length === 0, "no report", `${reports.length}`);
  const puts = steps.flatMap((step) => (step.kind === "put" ? [step.key] : []));
  expectThat(puts.length === 0, "no object to be put", puts.join(", "));
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
    about: `a message of a version to come: handed back for ${DEPLOYMENT_SECONDS} s or more, nothing stored or reported`,
    run: async (bench) => {
      const seen = await bench.give(JSON.stringify({ version: 99, whatItSays: "is not known here" }));
      expectThat(!seen.isAcknowledged, "the message to be handed back", "an acknowledgement");
      expectSilence(seen);
      const { pauseSeconds = 0 } = seen;
      expectThat(
        pauseSeconds >= DEPLOYMENT_SECONDS,
        `a pause of ${DEPLOYMENT_SECONDS} s or more`,
        `${pauseSeconds} s`,
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
