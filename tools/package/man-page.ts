/** `man manyhands`, in the macros of man(7): what the program's help says, and the tables of docs/cli.md. */
import { type Argument, type Command, Help, type Option } from "commander";

/** What the page is made of besides the program. */
export interface ManPageParts {
  readonly version: string;
  /** YYYY-MM-DD */
  readonly date: string;
  /** What `kernels` prints. */
  readonly kernels: string;
  /** The text of docs/cli.md. */
  readonly reference: string;
}

export function manPage(program: Command, { version, date, kernels, reference }: ManPageParts): string {
  const run = program.commands.find((command) => command.name() === "run")!;
  const shared = new Set(run.options.map(keyOf));
  const section = (title: string, ...body: string[]) => [`.SH ${title}`, ...body];
  return `${[
    `.TH MANYHANDS 1 ${date} "manyhands ${version}" "User Commands"`,
    ...section("NAME", `manyhands \\- ${roff("compute a big array with many hands")}`),
    ...section("SYNOPSIS", ".B manyhands", "\\fIcommand\\fR [\\fIoption\\fR ...] [\\fIargument\\fR ...]"),
    ...section("DESCRIPTION", ...text(program.description()), ".PP", ...text(ABOUT)),
    ...section("COMMANDS", ...program.commands.flatMap((command) => commandText(command, run, shared))),
    ...section("KERNELS", ...shown(kernels).slice(1)),
    ...section("EXIT STATUS", ...rows(reference, "Exit codes")),
    ...section("ENVIRONMENT", ...rows(reference, "Environment")),
    ...section("FILES", ".TP", "\\fIresults/<job id>/\\fR", ...text(FILES)),
  ].join("\n")}\n`;
}

const ABOUT =
  "A file of your own is named in place of a kernel, as in manyhands run ./mine.ts: what its function takes become options. manyhands doctor says whether a deployment, or a Redis, has all that a job needs. manyhands run <kernel> --help is about that kernel.";
const FILES =
  "What a job here stores: job.json, array/ (a group of Zarr v3, a file a chunk), reports/, summary.json and pictures.";

function commandText(command: Command, run: Command, shared: ReadonlySet<string>): string[] {
  const visible = command.options.filter(({ hidden }) => !hidden);
  const alike = command === run ? [] : visible.filter((option) => shared.has(keyOf(option)));
  const isLike = alike.length > visible.length / 2;
  const own = isLike ? visible.filter((option) => !shared.has(keyOf(option))) : visible;
  const names = [command.name(), ...command.aliases()].map((name) => `\\fB${dashed(name)}\\fR`).join(", ");
  const operands = command.registeredArguments.map(operandText).join(" ");
  return [
    `.SS "${[names, operands].filter(Boolean).join(" ")}"`,
    ...text(command.description()),
    ...command.registeredArguments.flatMap((operand) => [
      ".TP",
      operandText(operand),
      ...text(operand.description),
    ]),
    ...own.flatMap((option) => [".TP", flagsText(option), ...text(new Help().optionDescription(option))]),
    ...(isLike
      ? [
          ".PP",
          ...wrapped(
            `It has these options of \\fBrun\\fR: ${alike.map(({ long }) => `\\fB${dashed(long!)}\\fR`).join(", ")}.`,
          ),
        ]
      : []),
    ...shown(afterHelp(command)),
  ];
}

const keyOf = ({ flags, description }: Option) => `${flags} ${description}`;

function operandText(operand: Argument): string {
  const name = `\\fI${dashed(operand.name())}\\fR${operand.variadic ? " ..." : ""}`;
  return operand.required ? name : `[${name}]`;
}

/** `-e, --engine <name>` with the value in italics. */
const flagsText = ({ flags }: Option) =>
  dashed(flags)
    .replace(/(\\-[\w\\-]+)/g, "\\fB$1\\fR")
    .replace(/[<[](.*)[\]>]$/, "\\fI$1\\fR");

/** What a command's help has after its options. */
function afterHelp(command: Command): string {
  let printed = "";
  const writeOut = (part: string) => {
    printed += part;
  };
  command.configureOutput({ writeOut }).outputHelp();
  return printed.slice(command.helpInformation().length);
}

/** Paragraphs are filled; lists and examples, whose lines are indented, stay as they are. */
function shown(help: string): string[] {
  const blocks = help
    .split(/\n\s*\n/)
    .map((block) => block.replace(/^\n+|\s+$/g, ""))
    .filter(Boolean);
  return blocks.flatMap((block) => {
    const lines = block.split("\n");
    if (lines.every((line) => /^\S.*[^:]$/.test(line))) return [".PP", ...text(lines.join(" "))];
    return [".PP", ".nf", ...lines.map(roff), ".fi"];
  });
}

/** The rows of a section's table, the first column as the term. */
function rows(reference: string, heading: string): string[] {
  const [, section = ""] = new RegExp(`^## ${heading}\\n(.*?)(?=^## )`, "ms").exec(reference) ?? [];
  const found = [...section.matchAll(/^\| (?!---)(.*?) \| (.*) \|$/gm)].slice(1);
  if (found.length === 0)
    throw new TypeError(`Expected a table below "${heading}" in docs/cli.md, found none.`);
  return found.flatMap(([, term = "", meaning = ""]) => [".TP", inline(term), ...wrapped(inline(meaning))]);
}

/** Markdown within a line: code is bold, a link is its words. */
const inline = (text: string) =>
  roff(text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")).replace(/`([^`]*)`/g, "\\fB$1\\fR");

/** Lines that are filled, each of fewer than 80 bytes: what begins with a dot or a quote would be a macro. */
const wrapped = (line: string): string[] =>
  line
    .replace(/(.{1,64})(?:\s+|$)/g, "$1\n")
    .trimEnd()
    .split("\n")
    .map(guarded);
const text = (line: string) => wrapped(dashed(line));

const dashed = (text: string) => text.replaceAll("\\", "\\e").replaceAll("-", "\\-");
const guarded = (line: string) => line.replace(/^(?=[.'])/, "\\&");
const roff = (line: string) => guarded(dashed(line));
