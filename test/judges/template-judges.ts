import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { ACKNOWLEDGED } from "./acknowledged.ts";
import { complaintsOf, type Finding } from "./acknowledgements.ts";
import { type Answer, ask, type Judge } from "./judge.ts";
import { synthesizeAll } from "./templates.ts";

type Ask = (templates: readonly string[], folder: string) => Finding[];

/** Both judges over the stack in all its contexts, which is synthesised once, when the first one is asked. */
export function templateJudges(bin: string): Judge[] {
  const folder = mkdtempSync(join(tmpdir(), "manyhands-judges-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  let templates: string[] | undefined;
  const judge = (name: string, findings: Ask): Judge => ({
    name,
    complaints: () => {
      templates ??= synthesizeAll(folder);
      return complaintsOf(name, findings(templates, folder), ACKNOWLEDGED);
    },
  });
  return [
    judge("cfn-lint", (files) => readCfnLint(ask(join(bin, "cfn-lint"), ["--format", "json", ...files]))),
    // --skip-download: no rules from its maker's service. Nothing else of it reaches for the network.
    judge("checkov", (files, folder) =>
      readCheckov(
        ask(join(bin, "checkov"), [
          ...["--skip-download", "--quiet", "--compact", "--framework", "cloudformation"],
          ...["--output", "json", "--directory", folder],
        ]),
        files.length,
      ),
    ),
  ];
}

/** Its findings, from `--format json`: an array. */
function readCfnLint({ stdout, stderr }: Answer): Finding[] {
  const found: {
    readonly Rule: { readonly Id: string };
    readonly Message: string;
    readonly Filename: string;
    readonly Location: { readonly Path: readonly (string | number)[] | null };
  }[] = parsed("cfn-lint", stdout, stderr);
  return found.map(({ Rule, Message, Filename, Location }) => ({
    judge: "cfn-lint",
    rule: Rule.Id,
    resource: withoutHash(String(Location.Path?.[1] ?? "the template")),
    template: basename(dirname(Filename)),
    message: Message,
  }));
}

/** Its findings, from `--output json`. Throws unless it has read every template. */
function readCheckov({ stdout, stderr }: Answer, templates: number): Finding[] {
  const { results, summary }: Checkov = parsed("checkov", stdout, stderr);
  const all = [...(results?.failed_checks ?? []), ...(results?.passed_checks ?? [])];
  const read = new Set(all.map(({ file_path }) => file_path)).size;
  if (summary?.parsing_errors !== 0 || read !== templates)
    throw new Error(`checkov read ${read} of ${templates} templates: ${stderr}`);
  return (results?.failed_checks ?? []).map(({ check_id, check_name, file_path, resource }) => ({
    judge: "checkov",
    rule: check_id,
    resource: withoutHash(resource.split(".")[1] ?? resource),
    template: basename(dirname(file_path)),
    message: check_name,
  }));
}

interface Check {
  readonly check_id: string;
  readonly check_name: string;
  /** From the folder that was scanned on. */
  readonly file_path: string;
  /** `AWS::S3::Bucket.FanOutBucketEE5B6E62` */
  readonly resource: string;
}

interface Checkov {
  readonly results?: { readonly failed_checks: readonly Check[]; readonly passed_checks: readonly Check[] };
  readonly summary?: { readonly parsing_errors: number };
}

function parsed<T>(judge: string, stdout: string, stderr: string): T {
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new Error(`${judge} gave no JSON: ${stdout}${stderr}`, { cause });
  }
}

const withoutHash = (logicalId: string) => logicalId.replace(/[0-9A-F]{8}$/, "");
