import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import cdkJson from "../../cdk.json" with { type: "json" };
import { KEYS } from "../../infra/context.ts";
import { refuseUnread } from "../../infra/unread-keys.ts";

const root = mkdtempSync(join(tmpdir(), "manyhands-unread-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Files {
  readonly app?: object;
  readonly noted?: object;
  readonly user?: object;
}

/** What is warned of where these files have context, and the CDK hands over this one. */
function warnings(context: Readonly<Record<string, unknown>>, { app, noted, user }: Files = {}): string[] {
  const folders = { project: join(root, "project"), home: join(root, "home") };
  for (const folder of Object.values(folders)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  }
  const write = (path: string, content: object) => writeFileSync(path, JSON.stringify(content));
  if (app) write(join(folders.project, "cdk.json"), { app: "node app.ts", context: app });
  if (noted) write(join(folders.project, "cdk.context.json"), noted);
  if (user) write(join(folders.home, ".cdk.json"), { context: user });
  const said: string[] = [];
  refuseUnread(context, KEYS, (sentence) => said.push(sentence), folders);
  return said;
}

const refusal = (key: string, hint = "") =>
  `Expected a setting to be one of ${KEYS.join(", ")}, got \`${key}\`.${hint && ` ${hint}`}`;

test("a key that nothing reads is refused from the command line", () => {
  expect(() => warnings({ stage: "test" })).toThrow(refusal("stage"));
});

test("so it is from the project's cdk.json, even where the user's own file has it too", () => {
  const stage = { stage: "test" };
  expect(() => warnings(stage, { app: stage })).toThrow(refusal("stage"));
  expect(() => warnings(stage, { app: stage, user: stage, noted: stage })).toThrow(refusal("stage"));
});

test("from the user's own ~/.cdk.json it is warned about, with the name that was meant", () => {
  const user = { mail: ["me@example.com"], maxConcurency: 5 };
  expect(warnings({ ...user, maxConcurrency: "7" }, { user })).toEqual([
    `${refusal("mail")} It stands in ~/.cdk.json, and is ignored.`,
    `${refusal("maxConcurency", "Did you mean maxConcurrency?")} It stands in ~/.cdk.json, and is ignored.`,
  ]);
});

test("a value other than that of ~/.cdk.json is the command line's, which goes before", () => {
  expect(() => warnings({ mail: "you@example.com" }, { user: { mail: "me@example.com" } })).toThrow(
    refusal("mail"),
  );
});

test("a setting's former name is refused with its present one", () => {
  expect(() => warnings({ workerMemoryMb: "512" })).toThrow(refusal("workerMemoryMb", "It is memoryMb now."));
});

test("keys of the CDK pass, and what it noted for itself in cdk.context.json", () => {
  const noted = { "acknowledged-issue-numbers": [1], zones: ["a"], "cli-telemetry": false };
  const others = { "aws:cdk:bundling-stacks": [], "availability-zones:account=0:region=r": ["a"] };
  expect(warnings({ ...cdkJson.context, ...others, ...noted }, { app: cdkJson.context, noted })).toEqual([]);
});

test("files that are none of the CDK's are as none at all", () => {
  expect(() => warnings({ stage: 1 }, { app: [], user: [], noted: [1] })).toThrow(refusal("stage"));
});
