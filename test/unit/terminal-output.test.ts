import { describe, expect, test } from "vitest";
import { asText, type Outcome, remarksOn } from "../../cli/terminal/outcome.ts";
import { jsonLine, whatOf } from "../../cli/terminal/text.ts";
import { siteOf } from "../../client/cloud/deployment-site.ts";
import { loadJob } from "../../shared/plan/resolve-job.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { parseJson, show } from "../../shared/validation/parse.ts";
import { printable, shownAddress } from "../../shared/validation/printable.ts";
import { HOSTILE, lines, unseenIn } from "../helpers/hostile-text.ts";
import { kernelsWith, resolvedJob } from "../helpers/kernels.ts";

const failure = {
  ...{ chunk: 0, final: true, disputed: false, attempt: 5, failedAtMs: 2, requestId: HOSTILE, attempts: 5 },
  ...{ error: `Error: ${HOSTILE}`, logStream: HOSTILE },
};
const { spec } = resolvedJob({ kernel: "mandelbrot" }, "j");
const amounts = { gbSeconds: 1, requests: { lambda: 1, sqs: 1, put: 1, get: 1 }, logBytes: 1 };
const stageCost = { usd: 0.1, basis: "metered" as const, ...amounts };
const hostileCost = {
  ...{ ...amounts, usd: 0.3, basis: "metered" as const, region: HOSTILE, pricesDate: HOSTILE },
  ...{ architecture: "arm64" as const, memoryMb: 1769 },
  byStage: { splitter: stageCost, worker: stageCost, aggregator: stageCost },
};
const outcome: Outcome = {
  summary: {
    ...{
      version: 1,
      jobId: "j",
      state: "incomplete",
      tolerated: false,
      round: 0,
      reissued: { chunks: 0, savedMs: 0 },
      spec: { ...spec, kernel: HOSTILE },
      shape: [500, 500],
    },
    ...{
      elements: 250_000,
      chunks: { total: 16, done: 15, failed: 1 },
      sum: 1,
      min: 0,
      max: 1,
      nonFinite: 0,
    },
    ...{
      storedBytes: 1,
      submittedAtMs: 1,
      makespanMs: 1,
      computeMs: 1,
      busyMs: 1,
      workers: 1,
      coldStarts: 0,
    },
    ...{
      speedUp: 1,
      efficiency: 1,
      slowestChunk: null,
      failedAttempts: 5,
      unknownTimes: 0,
      clampedStarts: 0,
    },
    failures: [failure],
    cost: hostileCost,
  },
  phasesMs: { startUp: 1, split: 1, compute: 1, aggregate: 1, fetch: 1 },
  ...{ engine: "aws", folder: `results/${HOSTILE}`, reference: undefined, rejected: 0 },
  site: siteOf({
    ...{ stack: HOSTILE, place: HOSTILE, bucket: HOSTILE, idleCost: HOSTILE, removal: HOSTILE, status: "" },
    ...{ region: "", version: "", splitter: "", worker: "", aggregator: "", chunkQueue: "", resultQueue: "" },
    ...{ chunkDeadLetters: "", resultDeadLetters: "", maxConcurrency: 2, build: undefined },
  }),
};

test("a failed chunk that no worker told of is not said to have had attempts", () => {
  const silent = { ...failure, attempt: 0, attempts: 0, requestId: "", logStream: "" };
  const text = remarksOn({ ...outcome, summary: { ...outcome.summary, failures: [silent] } });
  expect(text).toContain("(no attempt known, log unknown)");
});

test("the sum of a job with several values is told of each by its name", () => {
  const each = { min: 0, max: 1, nonFinite: 0 };
  const values = [
    { name: "mean", sum: 1, ...each },
    { name: "error", sum: 0.5, ...each },
  ];
  expect(asText({ ...outcome, summary: { ...outcome.summary, values } })).toContain(
    "1 of mean, 0.5 of error\n",
  );
});

describe("what came with a job or from a store", () => {
  test("steers no terminal and forges no line in the report of a run", () => {
    const text = asText(outcome) + remarksOn(outcome);
    expect(unseenIn(text)).toEqual([]);
    expect(lines(text).filter((line) => line.startsWith("forged"))).toEqual([]);
    expect(text).toContain("\\x1b]0;title\\x07");
    expect(text).toContain("\\u202e");
    expect(unseenIn(whatOf({ ...spec, kernel: HOSTILE }))).toEqual([]);
  });

  test("is one line of JSON that programs read as it was", () => {
    const line = jsonLine({ [HOSTILE]: HOSTILE });
    expect(unseenIn(line)).toEqual([]);
    expect(lines(line)).toHaveLength(1);
    expect(JSON.parse(line)).toEqual({ [HOSTILE]: HOSTILE });
  });

  test("is quoted in a sentence, values and names of fields alike", async () => {
    for (const request of [
      { kernel: HOSTILE },
      { kernel: "julia", [HOSTILE]: 1 },
      { kernel: "julia", parameters: { [HOSTILE]: "text" } },
      { kernel: "julia", inputs: { [HOSTILE]: 1 } },
      { kernel: "julia", inputs: { y: HOSTILE } },
      { kernel: "julia", inputs: { y: [HOSTILE] } },
      { kernel: "julia", inputs: { y: { [HOSTILE]: 1 } } },
      { kernel: "julia", grid: { axes: [{ from: 0, to: 1, [HOSTILE]: 1 }] } },
    ]) {
      const refused = loadJob(request, "j", kernelsWith());
      await expect(refused).rejects.toThrow(InvalidInputError);
      await expect(refused).rejects.toThrow(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]{1,300}$/u);
    }
  });
});

test("what can be seen stays as it is", () => {
  const text = 'Ünïcode 数 "x" \\n 1.5e-3 🙂';
  expect(printable(text)).toBe(text);
});

test.each([
  ["http://127.0.0.1:4566", "http://127.0.0.1:4566"],
  ["https://user:secret@example.com/below/?token=secret#secret", "https://example.com/below"],
  ["http://secret@[::1]:4566/", "http://[::1]:4566"],
  ["user:secret@example.com:4566", "example.com:4566"],
  ["http://user:sec/ret@example.com", "example.com"],
  ["http://a\x1b]0;title\x07", "http://a\\x1b]0;title\\x07"],
  ["http://a/\x1b]0;title\x07\u202e", "http://a/%1B]0;title%07%E2%80%AE"],
  ["localhost:4566", "localhost:4566"],
])("the address %j is shown as %j", (address, shown) => {
  expect(shownAddress(address)).toBe(shown);
});

test("a value too deep to be written is refused with a sentence all the same", () => {
  const deep = `{"kernel":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  expect(() => resolvedJob(parseJson(deep, "job request"), "j")).toThrow(
    "Expected job request kernel to be the name of a kernel, got a value too deep to show.",
  );
  expect(show(undefined)).toBe("undefined");
});
