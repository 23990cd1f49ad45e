import { expect, test } from "vitest";
import { kernels } from "../../../client/kernels/loader.ts";
import { planRound } from "../../../shared/plan/plan.ts";
import { type Deployed, heaviestSeconds, predictDeployed } from "../../../shared/plan/predict-deployed.ts";
import { predictHere } from "../../../shared/plan/predict-here.ts";
import { pricesOf } from "../../../shared/plan/prices.ts";
import { corrected, spread } from "../../../shared/plan/ranges.ts";
import { refusalOf } from "../../../shared/plan/refusal.ts";
import { loadJob } from "../../../shared/plan/resolve-job.ts";
import { verdictOf, verdictText } from "../../../shared/plan/verdict.ts";

const TARIFF = { architecture: "arm64", memoryMb: 1769, prices: pricesOf("us-east-1") } as const;
const HERE = { workers: 2, cores: 2, tariff: TARIFF };
const ALONE = { warmUp: 0, together: 1, share: { alone: 1, together: 1 } };
const around = (seconds: number) => ({ low: seconds * 0.9, expected: seconds, high: seconds * 1.1 });

async function known(request: object, seconds: number) {
  const { job, kernel } = await loadJob({ kernel: "mandelbrot", ...request }, "j", kernels);
  const { figures } = planRound(job, kernel, { cap: { mapping: 900, burst: 0 } });
  return { figures, cost: { ...ALONE, seconds: around(seconds) }, pictures: 3, isOwn: false };
}

const deployed = (mapping: number, more: Partial<Deployed> = {}): Deployed => ({
  ...{ tariff: TARIFF, cap: { mapping, burst: 0 }, ramp: "mapping", ownMemoryMb: 1769 },
  ...more,
});

test("engines here take what is computed, divided by cores, and cost nothing unless they stand for a deployment", async () => {
  const job = await known({ size: 8000 }, 100);
  const [serial, threads, local] = (["serial", "threads", "local"] as const).map((engine) =>
    predictHere(job, engine, HERE),
  );
  expect(serial!.seconds.expected).toBeCloseTo(100.3, 0);
  expect(threads!.seconds.expected).toBeCloseTo(50.3, 0);
  expect([serial!.workers, threads!.workers, threads!.chunks]).toEqual([1, 2, job.figures.chunks]);
  expect([serial!.usd.expected, threads!.usd.high]).toEqual([0, 0]);
  // Another 100 s of 1.7 GB on arm64.
  const longer = predictHere(await known({ size: 8000 }, 200), "local", HERE);
  expect(longer.usd.expected - local!.usd.expected).toBeCloseTo(100 * (1769 / 1024) * 1.33334e-5, 6);
});

test("cores that share what they compute with make chunks dearer where more than one works, and other programs make them later", async () => {
  const job = await known({ size: 8000 }, 100);
  const shared = { ...job, cost: { ...job.cost, together: 1.25 } };
  const [serial, threads] = [predictHere(shared, "serial", HERE), predictHere(shared, "threads", HERE)];
  expect([serial.compute.expected, threads.compute.expected].map(Math.round)).toEqual([100, 125]);
  expect(threads.seconds.expected).toBeCloseTo(62.8, 0);
  const busy = { ...job, cost: { ...job.cost, share: { alone: 0.5, together: 0.25 } } };
  const [later, latest] = [predictHere(busy, "serial", HERE), predictHere(busy, "threads", HERE)];
  expect(later.compute.expected).toBeCloseTo(100, 1);
  expect([later.seconds.expected, latest.seconds.expected].map(Math.round)).toEqual([201, 201]);
  expect(later.seconds.high / later.seconds.expected).toBeGreaterThan(
    serial.seconds.high / serial.seconds.expected,
  );
});

test("each thread compiles the kernel for itself", async () => {
  const job = await known({ size: 8000 }, 1);
  const cold = { ...job, cost: { ...job.cost, warmUp: 0.1 } };
  const more = (engine: "serial" | "local") =>
    predictHere(cold, engine, HERE).compute.expected - predictHere(job, engine, HERE).compute.expected;
  expect(more("serial")).toBeCloseTo(0.1, 9);
  expect(more("local")).toBeCloseTo(0.2, 9);
});

test("a deployment is sooner with more workers, dearer by the second, and slower with less memory", async () => {
  const job = await known({ size: 8000 }, 1000);
  const [few, many] = [predictDeployed(job, deployed(5)), predictDeployed(job, deployed(50))];
  expect(few.seconds.expected).toBeGreaterThan(2 * many.seconds.expected);
  expect(few.usd.expected).toBeLessThan(many.usd.expected);
  const half = predictDeployed(job, deployed(5, { tariff: { ...TARIFF, memoryMb: 885 } }));
  expect(half.seconds.expected / few.seconds.expected).toBeCloseTo(2, 1);
  expect(half.usd.expected / few.usd.expected).toBeCloseTo(1, 1);
});

test("intervals hold the expectation, and grow with what is not known of the computing", async () => {
  const job = await known({}, 1);
  const unsure = { ...job, cost: { ...job.cost, seconds: { low: 0.1, expected: 1, high: 10 } } };
  const [sure, not] = [job, unsure].map((each) => predictHere(each, "serial", HERE).seconds);
  for (const { low, expected, high } of [sure!, not!])
    expect([low < expected, expected < high]).toEqual([true, true]);
  expect(not!.high).toBeGreaterThan(sure!.high);
  expect(spread({ low: 1, expected: 1, high: 1 }, (x) => x, 0)).toEqual({ low: 1, expected: 1, high: 1 });
});

test("runs correct by their median, a few of them by a part of it, and from twenty on their spread is the interval", () => {
  const range = { low: 5, expected: 10, high: 20 };
  expect(corrected(range, [])).toEqual(range);
  expect(corrected(range, [Math.log(16)]).expected).toBeCloseTo(40, 9);
  expect(corrected(range, [Math.log(16), Math.log(16), Math.log(50)]).expected).toBeCloseTo(80, 9);
  const twenty = Array.from({ length: 21 }, (_, k) => Math.log(0.9 + 0.01 * k));
  const { low, expected, high } = corrected(range, twenty);
  expect([low, expected, high].map((each) => Number(each.toFixed(6)))).toEqual([9.2, 10, 10.8]);
});

test("the verdict is to stay where a deployment saves little, else the fleet that the deployment starts; more would help one that is all there may be", async () => {
  const verdictFor = (job: Awaited<ReturnType<typeof known>>, fleet = 400) =>
    verdictOf({ threads: predictHere(job, "threads", HERE) }, predictDeployed(job, deployed(fleet)), fleet);
  const small = verdictFor(await known({}, 0.01));
  expect(small).toMatchObject({ kind: "stay", engine: "threads" });
  expect(verdictText(small)).toMatch(
    /^Stay local: engine threads takes 0\.\d+ s for nothing; a deployment .* USD\.$/,
  );
  const job = await known({ points: [4000, 4000], chunk: [50, 50], chunksPerMessage: 1 }, 300);
  expect(verdictText(verdictFor(job, 5))).toMatch(/^5 workers: .*; more would be sooner\./);
  const large = verdictFor(await known({ points: [400, 400], chunk: [50, 50], chunksPerMessage: 1 }, 300));
  expect(large).toMatchObject({ kind: "go", isMoreBetter: false });
  expect(verdictText(large)).toMatch(
    /^\d+ workers: \d+ s for 0\.\d+ USD; more would not help\. Here it would take \d+ min\.$/,
  );
});

test("what cannot succeed is refused with its figures: a message beyond the timeout, memory, the account's limit", async () => {
  const { figures } = await known({ points: [40, 50] }, 1);
  const heaviest = heaviestSeconds(figures, 80, 1769);
  expect(heaviest).toBeCloseTo(80, 6); // its one message has it all
  const fine = {
    ...{ heaviestSeconds: { low: 10, expected: 20, high: 90 }, timeoutSeconds: 60 },
    ...{ memoryMb: 1769, peakMemoryMb: 80, workers: 900, accountLimit: 1000 },
  };
  expect(refusalOf(fine)).toBeUndefined();
  expect(refusalOf({ ...fine, accountLimit: undefined })).toBeUndefined();
  const dear = { low: 61, expected: heaviest, high: 99 };
  expect(refusalOf({ ...fine, heaviestSeconds: dear })).toMatch(
    /about 80 s of a worker with 1769 MB, whose timeout is 60 s/,
  );
  expect(refusalOf({ ...fine, memoryMb: 128, peakMemoryMb: 300 })).toMatch(
    /about 300 MB for a chunk, and has 128 MB/,
  );
  expect(refusalOf({ ...fine, accountLimit: 10 })).toMatch(/900 workers at a time, and the account has 10/);
});
