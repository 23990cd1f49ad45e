import { Command } from "commander";
import { expect, test } from "vitest";
import { manPage } from "../../tools/package/man-page.ts";

const REFERENCE = `## Exit codes

| code | meaning |
|---|---|
| 0 | complete; see [run](#run) |

## Environment

| variable | what it does |
|---|---|
| \`HOME\` | where \`results\` are not |

## run
`;

function pageOf(change: (program: Command) => void): string {
  const program = new Command("manyhands").description("Computes.");
  program
    .command("run")
    .description("compute")
    .option("-s, --size <n>", "how many", "3")
    .argument("[kernel]", "what");
  change(program);
  return manPage(program, {
    version: "1.2.3",
    date: "2026-11-29",
    kernels: "k: one\n  value  v",
    reference: REFERENCE,
  });
}

test("a command has its operands, its options with their defaults, and what its help ends with", () => {
  const page = pageOf((program) => {
    program
      .command("list")
      .alias("ls")
      .description("list\nall")
      .addHelpText("after", "\nSome words\nabout it.\n\nExamples:\n  manyhands list --all");
  });
  expect(page).toContain('.TH MANYHANDS 1 2026-11-29 "manyhands 1.2.3"');
  expect(page).toContain('.SS "\\fBrun\\fR [\\fIkernel\\fR]"');
  expect(page).toContain('\\fB\\-s\\fR, \\fB\\-\\-size\\fR \\fIn\\fR\nhow many (default: "3")');
  expect(page).toContain('.SS "\\fBlist\\fR, \\fBls\\fR"');
  expect(page).toContain(".PP\nSome words about it.\n.PP\n.nf\nExamples:\n  manyhands list \\-\\-all\n.fi");
});

test("a command with most options of run names them", () => {
  const page = pageOf((program) => {
    program.command("plan").option("-s, --size <n>", "how many", "3").description("foresee");
  });
  expect(page).toContain("It has these options of \\fBrun\\fR: \\fB\\-\\-size\\fR.");
  expect(page.match(/how many/g)).toHaveLength(1);
});

test("tables come from the reference, without links", () => {
  const page = pageOf(() => {});
  expect(page).toContain(".SH EXIT STATUS\n.TP\n0\ncomplete; see run\n");
  expect(page).toContain(".TP\n\\fBHOME\\fR\nwhere \\fBresults\\fR are not\n");
  const parts = { version: "1", date: "2026-11-29", kernels: "", reference: "## Other\n" };
  const program = new Command("manyhands");
  program.command("run");
  expect(() => manPage(program, parts)).toThrow(
    'Expected a table below "Exit codes" in docs/cli.md, found none.',
  );
});

test("a line that begins as a macro does is text", () => {
  const page = pageOf((program) => {
    program.command("odd").description(".TH \\ 'quoted'");
  });
  expect(page).toContain("\\&.TH \\e 'quoted'");
});
