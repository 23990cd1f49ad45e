import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { Begun, Hearing, Outcome } from "../../api/compute.ts";
import { showJob } from "../../cli/commands/show-job.ts";
import { notify } from "../../cli/terminal/notify.ts";
import { DetachedError } from "../../client/engines/engine.ts";

vi.mock("../../cli/terminal/notify.ts", () => ({ notify: vi.fn() }));
vi.mock("../../cli/commands/shown-page.ts", () => ({
  showPage: () => ({
    end: async () => {
      throw new Error("the page is gone");
    },
  }),
}));

const BEGUN = { job: { jobId: "my-job", spec: { values: [] } }, progress: {} } as unknown as Begun;
const ENDED = {
  job: { spec: { kernel: "none", values: [], parameters: {} } },
  summary: { state: "complete", chunks: { failed: 0 } },
} as unknown as Outcome;

const told = () => vi.mocked(notify).mock.calls.map(([{ jobId, state }]) => `${jobId}: ${state}`);
const begin = (hearing: Hearing) => hearing.onBegin?.(BEGUN);

beforeEach(() => {
  vi.mocked(notify).mockClear();
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => said.mockRestore());
});

test.each([
  [
    "a job that the command lost sight of is not stopped",
    new DetachedError("gone"),
    "out of sight, not stopped",
  ],
  ["any other error stopped the command", new Error("broken"), "stopped by an error"],
])("%s", async (_, error, state) => {
  const shown = showJob(
    async (hearing) => {
      begin(hearing);
      throw error;
    },
    { notify: true, quiet: true },
  );
  await shown.catch(() => {});
  expect(told()).toEqual([`my-job: ${state}`]);
});

test("an error after the end is not told as another end", async () => {
  const shown = showJob(
    async (hearing) => {
      begin(hearing);
      return ENDED;
    },
    { notify: true, quiet: true, watch: true },
  );
  await expect(shown).rejects.toThrow("the page is gone");
  expect(told()).toEqual(["my-job: complete"]);
});
