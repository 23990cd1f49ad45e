import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { temporaryFolder } from "../helpers/temporary.ts";
import { openProgram } from "../helpers/terminal.ts";

/** How each shell starts, with its settings in a folder: it says when it is ready, and `manyhands` prints the words that it is given. */
const SHELLS = {
  bash: {
    command: ["bash", "--noprofile", "--rcfile", ".bashrc", "-i"],
    settings: ".bashrc",
    text: `PS1='ready> '\nmanyhands() { printf 'got'; printf ' <%s>' "$@"; echo; }\nsource ./script\n`,
  },
  zsh: {
    command: ["zsh", "-i"],
    settings: ".zshrc",
    text: `PS1='ready> '\nmanyhands() { printf 'got'; printf ' <%s>' "$@"; echo; }\nautoload -Uz compinit\ncompinit -D -u\nsource ./script\n`,
  },
  fish: {
    command: ["fish", "-i", "--init-command", "source ./settings.fish"],
    settings: "settings.fish",
    text: `function fish_prompt; printf 'ready> '; end\nfunction fish_greeting; end\nfunction manyhands; printf 'got'; printf ' <%s>' $argv; echo; end\nsource ./script\n`,
  },
} as const;

/** What is typed, and the words that the program is given then. */
const TYPED = [
  ["manyhands ru\t--eng\tth\t--colorm\tinf\t", "<run> <--engine> <threads> <--colormap> <inferno>"],
  ["manyhands run double\t--dur\t5 -w 2", "<run> <double-pendulum> <--duration> <5> <-w> <2>"],
  ["manyhands run --max-it\t7", "<run> <--max-iterations> <7>"],
  ["manyhands retry jo\t--fo\t", "<retry> <job-1> <--force>"],
  ["manyhands diff job-1 oth\t", "<diff> <job-1> <other-job>"],
  ["manyhands run ./mi\t--out fol\t", "<run> <./mine.ts> <--out> <folder/?>"],
  ["manyhands map ./mine.ts it\t", "<map> <./mine.ts> <items.jsonl>"],
  ["manyhands completion fi\t", "<completion> <fish>"],
] as const;

/** Names of folders below results/ that are not offered: a shell could run the first one. */
const UNOFFERED = ["$(touch pwned)", "job 2"];

const isThere = (shell: string) => spawnSync(shell, ["--version"]).error === undefined;
const names = ["bash", "zsh", "fish"] as const;
for (const name of names.filter((each) => !isThere(each)))
  console.warn(`Skipped: there is no ${name}. On Debian, \`apt-get install ${name}\` brings it.`);

let scripts: Readonly<Record<string, string>>;
beforeAll(async () => {
  const printed = await Promise.all(names.map((name) => runCli(["completion", name])));
  scripts = Object.fromEntries(names.map((name, k) => [name, printed[k]!.stdout]));
});

test.for(names)("%s completes what is typed before each tab", { timeout: 60_000 }, async (name, { skip }) => {
  skip(!isThere(name), `there is no ${name}`);
  const { command, settings, text } = SHELLS[name];
  const cwd = temporaryFolder();
  for (const job of ["job-1", "other-job", ...UNOFFERED]) {
    mkdirSync(join(cwd, "results", job), { recursive: true });
    writeFileSync(join(cwd, "results", job, "job.json"), "{}");
  }
  mkdirSync(join(cwd, "folder"));
  for (const file of ["mine.ts", "items.jsonl"]) writeFileSync(join(cwd, file), "");
  writeFileSync(join(cwd, settings), text);
  writeFileSync(join(cwd, "script"), scripts[name]!);
  const terminal = openProgram(command, { cwd, env: { HOME: cwd, ZDOTDIR: cwd, XDG_CONFIG_HOME: cwd } });
  onTestFinished(() => terminal.kill());
  await terminal.shows(/ready> /);
  for (const [typed, given] of TYPED) {
    terminal.type(`${typed}\n`);
    await terminal.shows(new RegExp(`got ${given.replace(/[.]/g, "\\.")}\\s`));
  }
  expect(existsSync(join(cwd, "pwned"))).toBe(false);
  terminal.type("exit\n");
  expect(await terminal.ended).toBe(0);
});
