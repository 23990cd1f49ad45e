/** What a browser does with a live page while its job runs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import type { Served } from "./served-job.ts";

/** Frames that a page has no more than this for are seen to be late: two at 60 Hz. */
const LATE_MS = 34;

export interface Seen extends Served {
  readonly workers: number;
  /** Null where no browser showed the page. */
  readonly browser: null | {
    /** Ms between frames: the middle one, that of which one in a hundred is longer, and the longest. */
    readonly frameMs: { readonly median: number; readonly p99: number; readonly longest: number };
    readonly lateShare: number;
    /** The page's main thread: tasks of over 50 ms, and its time at work in all. */
    readonly longTasks: number;
    readonly longestTaskMs: number;
    readonly busyShare: number;
    readonly heapMb: number;
  };
}

export async function seePage(
  chunks: number,
  seconds: number,
  workers: number,
  executablePath: string | undefined,
): Promise<Seen> {
  const program = join(import.meta.dirname, "served-job.ts");
  const child = spawn(process.execPath, [program, `${chunks}`, `${seconds}`, `${workers}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const url = (await lines.next()).value as string;
  const browser = executablePath === undefined ? null : await watchIn(executablePath, url);
  const served = JSON.parse((await lines.next()).value as string) as Served;
  if (child.exitCode === null) await once(child, "exit");
  return { ...served, workers, browser };
}

/** Until the page has heard its job's end. */
async function watchIn(executablePath: string, url: string): Promise<NonNullable<Seen["browser"]>> {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    // To ask for its state: the page's own policy admits no script but its own.
    const page = await browser.newPage({ bypassCSP: true, viewport: { width: 1280, height: 900 } });
    await page.addInitScript(RECORD);
    await page.goto(url);
    const metrics = await page.context().newCDPSession(page);
    await metrics.send("Performance.enable");
    const named = async () => {
      const { metrics: all } = await metrics.send("Performance.getMetrics");
      return Object.fromEntries(all.map(({ name, value }) => [name, value]));
    };
    await page.waitForFunction("document.getElementById('done').value > 0", undefined, { timeout: 60_000 });
    const before = await named();
    await page.evaluate("recorded.frames.length = recorded.tasks.length = 0");
    await page.waitForFunction(
      "document.getElementById('done').value === document.getElementById('done').max",
      undefined,
      { timeout: 600_000, polling: 200 },
    );
    const after = await named();
    const { frames, tasks } = (await page.evaluate("recorded")) as { frames: number[]; tasks: number[] };
    const sorted = frames.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    const since = (name: string) => (after[name] ?? 0) - (before[name] ?? 0);
    return {
      frameMs: { median: at(0.5), p99: at(0.99), longest: at(1) },
      lateShare: frames.filter((ms) => ms > LATE_MS).length / frames.length,
      longTasks: tasks.length,
      longestTaskMs: Math.max(0, ...tasks),
      busyShare: since("TaskDuration") / since("Timestamp"),
      heapMb: (after.JSHeapUsedSize ?? 0) / 1e6,
    };
  } finally {
    await browser.close();
  }
}

/** In the page: ms between its frames, and its tasks of over 50 ms. */
const RECORD = `
  const recorded = (window.recorded = { frames: [], tasks: [] });
  let last = 0;
  const frame = (now) => { if (last) recorded.frames.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => recorded.tasks.push(...list.getEntries().map((task) => task.duration))).observe({ entryTypes: ["longtask"] });
`;
