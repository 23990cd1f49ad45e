import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { compute } from "../../../api/compute.ts";
import { showJob } from "../../../cli/commands/show-job.ts";
import type { Watch } from "../../../client/engines/engine.ts";
import { engineNamed } from "../../../client/engines/engines.ts";
import { collect } from "../../../client/engines/remote.ts";
import type { Intercept } from "../../../client/local/local-cloud.ts";
import { PATIENCE, type Patience } from "../../../client/remote/patience.ts";
import { jobKeys } from "../../../shared/ports/keys.ts";
import { computeInto, remoteCloud } from "../../helpers/remote.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

type Answer = Parameters<Intercept>[1];
type Trouble = (response: Answer, isSqs: boolean) => void;

/** What may come between a command and its cloud for a while. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  "a broken connection": (response) => response.destroy(),
  "expired credentials": (response, isSqs) =>
    response
      .writeHead(isSqs ? 403 : 400)
      .end(
        isSqs
          ? '{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"The security token is expired"}'
          : "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>",
      ),
  "a service in trouble": (response) => response.writeHead(503).end(),
  "a page of a proxy": (response) => response.writeHead(502).end("<html><p>Bad gateway<br></html>"),
};

const QUICK: Patience = { ...PATIENCE, firstPauseMs: 1, longestPauseMs: 1 };

beforeEach(() => vi.stubEnv("AWS_MAX_ATTEMPTS", "1"));
afterEach(() => vi.unstubAllEnvs());

/** A job that ended, and a command that follows it over a line which `trouble` is on while `isCut` is true. */
async function followed(trouble: Trouble, patience: Patience) {
  const line = { isCut: false };
  const intercept: Intercept = (request, response, { routing }) =>
    line.isCut ? trouble(response, "x-amz-target" in request.headers) : routing(request, response);
  const { remote, folder } = await remoteCloud({ intercept });
  const { job } = await computeInto(folder, "j1", { chunk: "10x10" });
  const out = join(temporaryFolder(), "out");
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => said.mockRestore());
  const follow = (onProgress: (watch: Watch) => void) =>
    showJob(
      (hearing) =>
        compute(
          {
            ...{ job, engine: engineNamed("aws"), at: { stack: "Test" } },
            prepared: { folder: out, takeBack: () => {} },
            start: (watch) => {
              onProgress(watch);
              return collect(remote, job, watch, patience);
            },
          },
          hearing,
        ),
      { quiet: true },
    );
  const stderr = () => said.mock.calls.map(([text]) => text).join("");
  return { line, folder, out, follow, stderr };
}

test.each(Object.entries(TROUBLES))(
  "%s while a job is followed or fetched is sat out",
  async (_, trouble) => {
    const { line, out, follow, stderr } = await followed(trouble, QUICK);
    const lost: boolean[] = [];
    const code = await follow(({ progress }) => {
      progress.lost = (isLost) => {
        lost.push(isLost);
        if (isLost) line.isCut = false;
      };
      const { fetching } = progress;
      let cuts = 0;
      progress.fetching = (objects, of) => {
        if (objects === 3 && cuts++ === 0) line.isCut = true;
        fetching.call(progress, objects, of);
      };
      line.isCut = true;
    });
    expect({ code, stderr: stderr() }).toEqual({ code: 0, stderr: "" });
    expect(lost.filter((isLost) => isLost).length).toBeGreaterThanOrEqual(2);
    expect(lost.at(-1)).toBe(false);
    expect(existsSync(join(out, "summary.json"))).toBe(true);
    expect(readFileSync(join(out, "array/escape_time/c/4/4")).length).toBeGreaterThan(0);
  },
);

test.each([
  ["a broken connection", /^Expected http:.* to answer, got ECONNRESET: /],
  [
    "expired credentials",
    /^Expected valid AWS credentials for .*, they were refused \(ExpiredToken(Exception)?\): /,
  ],
])("%s that lasts leaves the job to itself, which is no bad input", async (name, reason) => {
  const { line, follow, stderr } = await followed(TROUBLES[name]!, { ...QUICK, mostMs: 20 });
  const code = await follow(() => {
    line.isCut = true;
  });
  expect(code).toBe(1);
  const [first, ...others] = stderr().split("\n");
  expect(first).toMatch(reason);
  expect(others).toEqual([
    "Detached: job j1 goes on in stack Test. This picks it up again:",
    "  manyhands attach j1 --stack Test",
    "This tells how far it is:",
    "  manyhands status j1 --engine aws --stack Test",
    "",
  ]);
});

test("nor is a permission that is missing once the job is there, which is not asked for again", async () => {
  let asked = 0;
  const refuse: Trouble = (response, isSqs) => {
    asked++;
    const json = '{"__type":"AccessDeniedException","message":"no"}';
    response
      .writeHead(403)
      .end(isSqs ? json : "<Error><Code>AccessDenied</Code><Message>no</Message></Error>");
  };
  const { line, folder, follow, stderr } = await followed(refuse, QUICK);
  rmSync(join(folder, jobKeys("j1").summary));
  const code = await follow(() => {
    line.isCut = true;
  });
  expect(code).toBe(1);
  expect(stderr()).toMatch(/^Expected permission for .*\nDetached: job j1 goes on in stack Test\./);
  expect(asked).toBeLessThan(10);
});
