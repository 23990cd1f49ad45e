/** What a worker does with chunks that may be stored already, and with those that fail. */
import { readAgain, type Seen } from "./bench.ts";
import type { Check } from "./check.ts";
import { expectAcknowledged, expectDone, expectNoFailure, SMALL } from "./chunk-checks.ts";
import { expectThat } from "./failed-check.ts";
import type { GoldenJob } from "./golden-job.ts";

const putsOf = ({ steps }: Seen) => steps.filter((step) => step.kind === "put");
const failuresOf = ({ reports }: Seen) => reports.flatMap(({ failures }) => failures);

/** Throws FailedCheck where the stored chunk is not reported as found. */
async function expectFound(seen: Seen, job: GoldenJob, chunk: number): Promise<void> {
  expectAcknowledged(seen);
  expectNoFailure(seen);
  await job.expectReported(seen.reports, chunk, false);
  // A worker may have taken what it sent again meanwhile.
  const ours = new Set(job.keys(chunk));
  const puts = putsOf(seen).filter(({ key }) => ours.has(key)).length;
  expectThat(puts === 0, "no PUT of a chunk that is stored", `${puts}`);
}

export const deliveryChecks: readonly Check[] = [
  {
    name: "redelivered",
    about: "a message that comes again, whose chunk is stored: reported without times, not computed",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      await bench.give(job.message([4]));
      await expectFound(await bench.give(job.message([4]), 2), job, 4);
    },
  },
  {
    name: "redelivered-missing",
    about: "a message that comes again, whose one chunk is not stored: computed",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      await expectDone(await bench.give(job.message([4]), 2), job, [4]);
    },
  },
  {
    name: "taken-apart",
    about:
      "a message of several chunks that comes again: those that are not stored are sent again, each alone",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      await bench.give(job.message([4]));
      const seen = await bench.give(job.message([3, 4, 5], { round: 2 }), 2);
      await expectFound(seen, job, 4);
      const sent = readAgain(seen).map(({ chunks, round, jobId }) => ({ chunks, round, jobId }));
      const expected = [3, 5].map((chunk) => ({ chunks: [chunk], round: 2, jobId: job.job.jobId }));
      expectThat(
        JSON.stringify(sent.toSorted((a, b) => a.chunks[0]! - b.chunks[0]!)) === JSON.stringify(expected),
        `messages of one chunk each, ${JSON.stringify(expected)}`,
        JSON.stringify(sent),
      );
    },
  },
  {
    name: "again",
    about: "a message with `again`, whose chunk is stored: reported without times, not computed",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      await bench.give(job.message([4]));
      await expectFound(await bench.give(job.message([4], { again: true })), job, 4);
    },
  },
  {
    name: "beyond-last-chunk",
    about:
      "a chunk that the job does not have: a final failure, which costs the others of its message nothing",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      const seen = await bench.give(job.message([2, 99]));
      expectAcknowledged(seen);
      await job.expectStored(2);
      await job.expectReported(seen.reports, 2);
      const found = failuresOf(seen).map(({ chunk, final }) => ({ chunk, final }));
      const isRight = found.length === 1 && found[0]?.chunk === 99 && found[0].final;
      expectThat(isRight, "one final failure, of chunk 99", JSON.stringify(found));
    },
  },
  {
    name: "poison",
    about:
      "what would fail everywhere: sent again once with the error's mark, and final when the same error comes again",
    run: async (bench) => {
      const job = await bench.job(SMALL);
      const [key = ""] = job.keys(4);
      await bench.store.put(`${key}/in-its-place`, Buffer.from("a folder, so the object cannot be used")); // S3 answers 403 InvalidObjectState
      const first = await bench.give(job.message([4]));
      expectAcknowledged(first);
      const [marked] = readAgain(first);
      const isMarked = marked?.again === true && marked.failed !== undefined && marked.chunks.join() === "4";
      expectThat(isMarked, "chunk 4 sent again with `again` and `failed`", JSON.stringify(first.sentAgain));
      const once = failuresOf(first);
      expectThat(once.length === 1 && !once[0]!.final, "one failure that is not final", JSON.stringify(once));
      const second = await bench.give(first.sentAgain[0]!.body);
      expectAcknowledged(second);
      const twice = failuresOf(second);
      const isFinal = twice.length === 1 && twice[0]!.final && twice[0]!.attempt === 2;
      expectThat(isFinal, "one final failure, attempt 2", JSON.stringify(twice));
    },
  },
];
