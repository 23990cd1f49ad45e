import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { notify } from "../../cli/terminal/notify.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const LONG = { jobId: "my-job", state: "incomplete", ms: 240_000 };
const TITLE = "manyhands: incomplete";
const TEXT = "my-job, after 4 min";
const ARGS = ["--app-name=manyhands", "--", TITLE, TEXT];
const { platform } = process;
const { isTTY } = process.stderr;
let folder: string;
let rung: string;

/** A program of this name on the PATH, which writes the arguments of each call down, a line each, without another program. */
function fake(name: string): void {
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" '' >> '${join(folder, name)}.noted'\n`;
  writeFileSync(join(folder, name), script, { mode: 0o755 });
}

/** The arguments of all its calls so far, once `last` is among them. */
async function told(name: string, last = TEXT): Promise<string[][]> {
  const noted = join(folder, `${name}.noted`);
  const calls = () => (existsSync(noted) ? readFileSync(noted, "utf8").split("\n\n").slice(0, -1) : []);
  const all = () => calls().map((call) => call.split("\n"));
  await vi.waitUntil(() => all().flat().includes(last), { timeout: 20_000, interval: 5 });
  return all();
}

const on = (name: string, isTerminal = true) => {
  Object.defineProperty(process, "platform", { value: name, configurable: true });
  Object.defineProperty(process.stderr, "isTTY", { value: isTerminal, configurable: true });
};

beforeEach(() => {
  folder = temporaryFolder();
  rung = "";
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  vi.stubEnv("DISPLAY", ":0");
  vi.stubEnv("WAYLAND_DISPLAY", "");
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    rung += text;
    return true;
  });
});
afterEach(() => {
  on(platform, isTTY);
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test("a job of over a minute rings the terminal, and a desktop of Linux is notified", async () => {
  fake("notify-send");
  on("linux");
  notify(LONG);
  expect(rung).toBe("\u0007");
  expect(await told("notify-send")).toEqual([ARGS]);
});

test("a desktop of macOS is notified by texts that are no part of the script", async () => {
  fake("osascript");
  on("darwin");
  notify(LONG);
  const [args = []] = await told("osascript");
  expect(args.slice(-2)).toEqual([TITLE, TEXT]);
  expect(args.slice(0, -2).join("\n")).not.toContain("my-job");
});

test("a job of a minute or less, and a stderr that is no terminal, ring nothing", async () => {
  fake("notify-send");
  on("linux");
  notify({ ...LONG, ms: 60_000 });
  on("linux", false);
  notify(LONG);
  expect(rung).toBe("");
  // The second one alone: the desktop is there whatever stderr is.
  expect(await told("notify-send")).toEqual([ARGS]);
});

test("without a desktop, or a program that notifies it, the bell is all", async () => {
  on("linux");
  vi.stubEnv("PATH", folder);
  notify(LONG);
  fake("notify-send");
  vi.stubEnv("DISPLAY", "");
  notify(LONG);
  expect(rung).toBe("\u0007\u0007");
  // The one after it alone arrives.
  vi.stubEnv("DISPLAY", ":0");
  notify({ ...LONG, jobId: "later" });
  expect(await told("notify-send", "later, after 4 min")).toHaveLength(1);
});
