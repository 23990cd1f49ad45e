import { join } from "node:path";
import { expect, test } from "vitest";
import { startCli } from "../helpers/cli.ts";
import { attachTo } from "../helpers/debugger.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

test.each(["splitter", "worker", "aggregator"])(
  "a debugger finds the sources of the %s, and the job is complete after it",
  async (stage) => {
    const out = join(temporaryFolder(), "job");
    const args = ["run", "--size", "100", "--workers", "1", "--out", out, "--quiet"];
    const { ended } = startCli(args, { env: { MANYHANDS_INSPECT: `${stage}-1` } });
    const scripts = await attachTo(join(out, "logs", `${stage}-1.log`));
    expect((await ended).code).toBe(0);
    const bundle = scripts.find(({ url }) => url.endsWith(`/${stage}/index.js`));
    const [, map = ""] = bundle?.sourceMapURL.split("base64,") ?? [];
    const { sources } = JSON.parse(Buffer.from(map, "base64").toString() || "{}");
    expect(sources).toContainEqual(expect.stringMatching(`/functions/${stage}/${stage}-handler.ts$`));
  },
);

test("a slot that cannot be is refused", async () => {
  const { code, stderr } = await startCli(["run", "--size", "100", "--out", join(temporaryFolder(), "job")], {
    env: { MANYHANDS_INSPECT: "worker" },
  }).ended;
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining(
      'Expected MANYHANDS_INSPECT to be the name of a slot, such as worker-1, got "worker".',
    ),
  });
});
