import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { program } from "../../cli/program.ts";
import { addInputOptions } from "../../cli/request/job-options.ts";
import { ENGINES } from "../../client/engines/engines.ts";
import { builtIns } from "../../client/kernels/loader.ts";
import { JobRequestSchema } from "../../shared/messages/job-request.ts";
import { isResumption, parseResumption } from "../../shared/messages/resumption.ts";
import { builtIn, resolvedJob } from "../helpers/kernels.ts";

const page = (name: string) => readFileSync(join(import.meta.dirname, "../../docs", name), "utf8");

/** A page's sections by their headings, `` ` `` left out. */
function sectionsOf(text: string): Map<string, string> {
  return new Map(
    text.split(/^## /m).map((section) => {
      const [heading = "", ...lines] = section.split("\n");
      return [heading.replaceAll("`", ""), lines.join("\n")] as const;
    }),
  );
}

// As cli/program.ts does once it knows which kernels are meant.
for (const command of program.commands.filter((each) => ["run", "submit"].includes(each.name())))
  addInputOptions(command, [...builtIns.values()]);

const cli = sectionsOf(page("cli.md"));
const flagsOf = (name: string) =>
  program.commands.find((command) => command.name() === name)?.options.map(({ flags }) => flags) ?? [];

test("docs/cli.md has a section for each command, with each of its options as --help shows them", () => {
  // The job's options stand in the section of run.
  const shared = new Set(flagsOf("run"));
  const JOBS = ["submit", "plan", "tune", "scale", "check"];
  const absent = program.commands.flatMap((command) => {
    const section = cli.get(command.name());
    if (section === undefined) return [command.name()];
    return command.options
      .filter(({ hidden }) => !hidden)
      .map(({ flags }) => flags)
      .filter((flags) => !section.includes(flags) && !(JOBS.includes(command.name()) && shared.has(flags)))
      .map((flags) => `${command.name()} ${flags}`);
  });
  expect(absent).toEqual([]);
});

/** cli.md with what `--help` says now, in each block of it that leaves nothing out. */
const withHelp = (text: string) =>
  text.replace(/^```\nUsage: manyhands ([\w-]+).*?^```$/gms, (block, name: string) => {
    if (block.includes("\n…")) return block;
    const command = program.commands.find((each) => each.name() === name)!;
    const help = command.configureHelp({ helpWidth: 120 }).helpInformation();
    return block.replace(/^Usage: .*^ {2}-h, --help[^\n]*\n/ms, () => help);
  });

test("docs/cli.md has the words of each command's --help; vitest -u writes them", async () => {
  await expect(withHelp(page("cli.md"))).toMatchFileSnapshot("../../docs/cli.md");
});

test("docs/request.md has every field of a request, and its examples are what the splitter takes", () => {
  const text = page("request.md");
  const fields = Object.keys(JobRequestSchema.entries).filter(
    (field) => field !== "grid" && field !== "output",
  );
  const output = ["plots", "plot3d", "npy", "colormap", "scale"].map((field) => `output.${field}`);
  expect([...fields, "grid.axes", ...output].filter((field) => !text.includes(`| \`${field}\``))).toEqual([]);
  const examples = [...text.matchAll(/^```json\n(.*?)^```$/gms)].map(([, json = ""]) => JSON.parse(json));
  expect(examples).toHaveLength(2);
  for (const example of examples) {
    if (isResumption(example)) parseResumption(example);
    else expect(resolvedJob(example, "none").jobId).toBe("my-first-job");
  }
});

test("README's table of engines has each of them, as it is declared, and no other", () => {
  const [, table = ""] = /^## Engines\n\n(.*?)\n\n/ms.exec(page("../README.md")) ?? [];
  const rows = [...table.matchAll(/^\| `(\w+)`[^|]*\| (.*) \|$/gm)];
  expect(rows.map(([, name]) => name).toSorted()).toEqual([...ENGINES.keys()].toSorted());
  for (const [, name = "", where = ""] of rows)
    expect(where.split(/[:;]|, and /)[0]).toBe(ENGINES.get(name)?.about);
});

test("`run --help` has each engine with where it computes", () => {
  let help = "";
  const run = program.commands.find((command) => command.name() === "run");
  run?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  for (const { name, about } of ENGINES.values())
    expect(help).toMatch(new RegExp(`^  ${name} +${about}$`, "m"));
});

test.each(["../README.md", "design.md"])("what %s reads by xarray has the names that arrays have", (name) => {
  const { inputs, values } = builtIn("mandelbrot").declaration;
  const reads = [...page(name).matchAll(/\bds\.(\w+)\.sel\((\w+)=[^,]+, (\w+)=/g)].map(
    ([, ...names]) => names,
  );
  const [y, x] = Object.keys(inputs);
  expect(reads).toEqual([[values[0]?.name, x, y]]);
});
