import { afterEach, describe, expect, test, vi } from "vitest";
import { Progress } from "../../api/progress.ts";
import { drawCount, drawProgress } from "../../cli/terminal/progress-bar.ts";
import type { ReportMessage } from "../../shared/messages/chunk-report.ts";

/** A report of these chunks; `onLook` is told of each that is looked at. */
function report(chunks: readonly number[], onLook = () => {}): ReportMessage {
  const reports = chunks.map((chunk) => ({
    get chunk() {
      onLook();
      return chunk;
    },
  }));
  return { chunks: reports, failures: [] } as unknown as ReportMessage;
}

const { isTTY } = process.stderr;

function openTerminal(term: string): void {
  vi.stubEnv("TERM", term);
  Object.defineProperty(process.stderr, "isTTY", { value: true, configurable: true });
}

afterEach(() => {
  Object.defineProperty(process.stderr, "isTTY", { value: isTTY, configurable: true });
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("progress", () => {
  test("looks at what is reported and at nothing that was before, a thousandth of a job or nearly all of it done", () => {
    const progress = new Progress(100_000, 1);
    const looks: number[] = [];
    for (let chunk = 0; chunk < 100_000; chunk += 1000) {
      let count = 0;
      const chunks = Array.from({ length: 1000 }, (_, k) => chunk + k);
      progress.reported(report(chunks, () => count++));
      looks.push(count);
    }
    expect(progress.done).toBe(100_000);
    expect(new Set(looks).size).toBe(1);
  });

  test("is drawn as often and as long for 99,000 reports between as for 1,000", () => {
    const drawn = [1000, 99_000].map((reports) => {
      vi.useFakeTimers({
        toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout", "performance", "Date"],
      });
      openTerminal("xterm");
      let bytes = 0;
      let writes = 0;
      vi.spyOn(process.stderr, "write").mockImplementation((text) => {
        bytes += text.length;
        writes++;
        return true;
      });
      const progress = new Progress(100_000, 1);
      const clear = drawProgress(progress);
      for (let chunk = 0; chunk < reports; chunk++) progress.reported(report([chunk]));
      vi.advanceTimersByTime(1000);
      clear();
      vi.restoreAllMocks();
      vi.useRealTimers();
      return { bytes, writes };
    });
    const [few, many] = drawn as [(typeof drawn)[0], (typeof drawn)[0]];
    expect(few.writes).toBeGreaterThan(0);
    expect(many.writes).toBeLessThanOrEqual(few.writes + 8);
    expect(many.bytes).toBeLessThan(2 * few.bytes + 200);
  });

  test("says where no worker is there, and counts what is left from when one came", () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance", "Date"] });
    openTerminal("xterm");
    let drawn = "";
    vi.spyOn(process.stderr, "write").mockImplementation((text) => {
      drawn += text;
      return true;
    });
    const progress = new Progress(10, 1, 3 * 86_400_000);
    const clear = drawProgress(progress);
    progress.counted({ done: 0, failed: 0, active: 0, isUnattended: true });
    vi.advanceTimersByTime(1000);
    expect(drawn).toContain("0/10 chunks, nobody is working on this yet | 0 points/s | waiting");
    progress.counted({ done: 1, failed: 0, active: 2 });
    vi.advanceTimersByTime(1000);
    clear();
    expect(drawn).toMatch(/1\/10 chunks, 2 running \| [\d.]+ points\/s \| ~\d+ s left/);
  });

  test("is not drawn on a terminal that understands no control sequences", () => {
    openTerminal("dumb");
    const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const clear = drawProgress(new Progress(10, 1));
    const bar = drawCount("things");
    bar.show(1, 2);
    bar.clear();
    clear();
    expect(written).not.toHaveBeenCalled();
  });
});
