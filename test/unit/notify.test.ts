import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { notify } from "../../cli/terminal/notify.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const LONG = { jobId: "my-job", state: "incomplete", ms: 240_000 };
const TITLE = "manyhands: incomplete";
const TEXT = "my-job, after 4 min";
const { platform } = process;
const { isTTY } = process.stderr;
let folder: string;
let rung: string;

/** Programs of these names on the PATH, which write their arguments down, a line each. */
function fake(...names: string[]): void {
  for (const name of names) {
    const noted = join(folder, `${name}.noted`);
    const script = `#!/bin/sh\nprintf '%s\\n' "$@" > '${noted}.part' && mv '${noted}.part' '${noted}'\n`;
    writeFileSync(join(folder, name), script, { mode: 0o755 });
  }
}

async function told(name: string): Promise<string[]> {
  const noted = join(folder, `${name}.noted`);
  await vi.waitUntil(() => existsSync(noted), { timeout: 5000, interval: 5 });
  return readFileSync(noted, "utf8").trimEnd().split("\n");
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
  expect(await told("notify-send")).toEqual(["--app-name=manyhands", "--", TITLE, TEXT]);
});

test("a desktop of macOS is notified by texts that are no part of the script", async () => {
  fake("osascript");
  on("darwin");
  notify(LONG);
  const args = await told("osascript");
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
  expect(await told("notify-send")).toContain(TEXT);
});

test("without a desktop, or a program that notifies it, the bell is all", () => {
  on("linux");
  vi.stubEnv("PATH", folder);
  notify(LONG);
  fake("notify-send");
  vi.stubEnv("DISPLAY", "");
  notify(LONG);
  expect(rung).toBe("\u0007\u0007");
  expect(existsSync(join(folder, "notify-send.noted"))).toBe(false);
});
