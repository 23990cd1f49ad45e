import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const FOLDERS = ["cli", "examples", "functions", "infra", "localstack", "shared", "test"];
const SDK = /^@aws-sdk\/|^@smithy\//;

interface Source {
  readonly path: string;
  /** Relative imports, as paths from the root. */
  readonly ours: readonly string[];
  readonly packages: readonly string[];
}

const sources: Source[] = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => read(join(folder, path))),
);
const product = sources.filter(({ path }) => !path.startsWith("test/"));

function read(path: string): Source {
  const text = readFileSync(join(ROOT, path), "utf8");
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g)].map(
    ([, specifier = ""]) => specifier,
  );
  const isOurs = (specifier: string) => specifier.startsWith(".");
  return {
    path,
    ours: specifiers.filter(isOurs).map((specifier) => relative(ROOT, join(ROOT, dirname(path), specifier))),
    packages: specifiers.filter((specifier) => !isOurs(specifier)),
  };
}

/** The part of the project that a path belongs to, as the rules name them. */
function part(path: string): string {
  const [folder = "", next = ""] = path.split("/");
  if (folder === "functions") return `functions/${next}`;
  if (folder === "cli" && ["local", "engines", "cloud"].includes(next)) return `cli/${next}`;
  if (path.startsWith("shared/kernels/")) return "shared/kernels";
  return folder;
}

/** Which other parts each part may import. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "shared/kernels": [],
  shared: ["shared/kernels"],
  "functions/splitter": ["shared", "shared/kernels"],
  "functions/worker": ["shared", "shared/kernels"],
  "functions/aggregator": ["shared", "shared/kernels"],
  infra: ["shared", "package.json"],
  examples: ["infra"],
  localstack: ["cli/local"],
  "cli/engines": [
    "shared",
    "shared/kernels",
    "functions/splitter",
    "functions/worker",
    "functions/aggregator",
    "cli/local",
    "cli/cloud",
  ],
  "cli/cloud": ["shared", "shared/kernels", "functions/aggregator"],
  "cli/local": ["shared"],
  cli: ["shared", "shared/kernels", "functions/aggregator", "cli/engines", "cli/cloud", "package.json"],
};

test("imports go in the planned direction only", () => {
  const wrong = product.flatMap(({ path, ours }) =>
    ours
      .filter((target) => part(target) !== part(path) && !ALLOWED[part(path)]?.includes(part(target)))
      .map((target) => `${path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("infra takes nothing but settings from shared, and stages call each other through messages only", () => {
  const fromInfra = product.filter(({ path }) => path.startsWith("infra/")).flatMap(({ ours }) => ours);
  const others = fromInfra.filter((target) => !target.startsWith("infra/"));
  expect(
    others.filter(
      (target) =>
        !/^shared\/(env|bundling|build\/of-stages|chunk-message|keys|nearest-name)\.ts$|^package\.json$/.test(
          target,
        ),
    ),
  ).toEqual([]);
});

test("no file imports itself, however far round", () => {
  const graph = new Map(sources.map(({ path, ours }) => [path, ours]));
  const cycles: string[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      return;
    }
    state.set(path, "open");
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of graph.keys()) visit(path, []);
  expect(cycles).toEqual([]);
});

test("the AWS SDK appears in the command line and LocalStack's scripts only; the stages take its signer and no more", () => {
  const allowed = /^(cli|localstack)\//;
  const users = product
    .filter(({ packages }) => packages.some((name) => SDK.test(name) && name !== "@smithy/signature-v4"))
    .map(({ path }) => path);
  expect(users.filter((path) => !allowed.test(path))).toEqual([]);
});

test("stages throw errors that say whether to retry, and nothing decides by an error's text", () => {
  const stages = product.filter(
    ({ path }) => /^(functions|shared)\//.test(path) && !path.includes("/generate/"),
  );
  const offenders = stages.filter(({ path }) =>
    /throw new Error\(|message\.includes\(/.test(readFileSync(join(ROOT, path), "utf8")),
  );
  expect(offenders.map(({ path }) => path)).toEqual([]);
});

test("what threads load awaits nothing at its top level: V8 aborts where a thread is terminated just then", () => {
  const bySource = new Map(sources.map((source) => [source.path, source]));
  const loaded = new Set<string>(["tools/bundling/kernels-wasm.ts"]); // #kernels.wasm
  const visit = (path: string): void => {
    loaded.add(path);
    for (const target of bySource.get(path)?.ours ?? []) if (!loaded.has(target)) visit(target);
  };
  for (const path of ["cli/inline/thread-worker.ts", ...loaded]) visit(path);
  const awaiting = [...loaded].filter(
    (path) =>
      path.endsWith(".ts") &&
      /^(?=\S).*\bawait\b/m.test(readFileSync(join(ROOT, path), "utf8").replace(/^(\/\/|\/?\*).*$/gm, "")),
  );
  expect(loaded.size).toBeGreaterThan(20);
  expect(awaiting).toEqual([]);
});

test("no file is a drawer", () => {
  const drawers = product.filter(({ path }) => /(^|\/)(utils?|common|helpers?|misc)(\/|\.ts$)/.test(path));
  expect(drawers.map(({ path }) => path)).toEqual([]);
});

test("the only account number is made of zeros", () => {
  const named = sources.flatMap(({ path }) =>
    [...readFileSync(join(ROOT, path), "utf8").matchAll(/(?<![\w.])\d{12}(?![\w.])/g)].map(
      ([number]) => `${path}: ${number}`,
    ),
  );
  expect(named.filter((each) => !each.endsWith(": 000000000000"))).toEqual([]);
  expect(named).not.toEqual([]);
});
