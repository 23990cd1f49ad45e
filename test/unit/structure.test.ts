import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

const ROOT = join(import.meta.dirname, "../..");
const FOLDERS = ["cli", "examples", "functions", "infra", "plots", "shared", "test", "tools"];
const SDK = /^@aws-sdk\/|^@smithy\//;
/** What a `#name` stands for outside bundles, see `imports` in package.json. */
const NAMED = new Map(
  Object.entries(packageJson.imports).map(([name, { default: path }]) => [name, path.replace("./", "")]),
);

interface Source {
  readonly path: string;
  /** Relative and named imports, as paths from the root. */
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
  const isOurs = (specifier: string) => specifier.startsWith(".") || NAMED.has(specifier);
  return {
    path,
    ours: specifiers
      .filter(isOurs)
      .map((specifier) => NAMED.get(specifier) ?? relative(ROOT, join(ROOT, dirname(path), specifier))),
    packages: specifiers.filter((specifier) => !isOurs(specifier)),
  };
}

/** The room a file lies in, as the rules name them: two folders deep where the first one has several. */
function room(path: string): string {
  const [folder = "", next = "", ...rest] = path.split("/");
  const hasRooms = ["cli", "functions", "shared", "tools"].includes(folder);
  return hasRooms && rest.length > 0 ? `${folder}/${next}` : folder;
}

/** The rooms of shared/, each above those it may import. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  "shared/validation": [],
  "shared/kernels": ["tools/bundling"],
  "shared/build": ["shared/kernels"],
  "shared/ports": ["shared/validation"],
  "shared/array": ["shared/kernels", "shared/validation"],
  "shared/messages": ["shared/array", "shared/kernels", "shared/validation"],
  "shared/record": ["shared/array", "shared/kernels", "shared/messages", "shared/ports", "shared/validation"],
  "shared/burst": ["shared/messages", "shared/ports", "shared/validation"],
  "shared/plan": [
    ...["shared/array", "shared/build", "shared/kernels", "shared/messages", "shared/ports"],
    ...["shared/record", "shared/validation"],
  ],
};
const ALL_SHARED = Object.keys(SHARED);

/** Which other rooms each room may import. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ...SHARED,
  plots: [],
  "functions/splitter": ALL_SHARED,
  "functions/worker": ALL_SHARED,
  "functions/aggregator": [...ALL_SHARED, "plots"],
  infra: ["shared/build", "shared/validation", "package.json"],
  examples: ["infra"],
  "tools/bundling": ["shared/build", "shared/ports", "shared/validation"],
  "tools/licences": ["tools/bundling"],
  "tools/localstack": ["cli/local"],
  "cli/terminal": [...ALL_SHARED, "cli/cloud", "cli/engines"],
  "cli/request": ALL_SHARED,
  "cli/cloud": [...ALL_SHARED, "functions/aggregator"],
  // Only here are the built handlers and the emulator.
  "cli/local": [...ALL_SHARED, "cli/cloud", "cli/engines", "functions/aggregator", "tools/bundling"],
  "cli/inline": [
    ...ALL_SHARED,
    "cli/engines",
    ...["functions/splitter", "functions/worker", "functions/aggregator"],
  ],
  "cli/verify": [...ALL_SHARED, "cli/local", "functions/worker"],
  "cli/engines": [
    ...ALL_SHARED,
    "cli/cloud",
    "cli/inline",
    "cli/local",
    "functions/worker",
    "tools/bundling",
  ],
  "cli/job-folder": [...ALL_SHARED, "cli", "cli/cloud", "cli/engines", "cli/request", "cli/terminal"],
  "cli/commands": [
    ...ALL_SHARED,
    ...["cli/cloud", "cli/engines", "cli/job-folder", "cli/request", "cli/terminal", "cli/verify"],
    "functions/aggregator",
  ],
  cli: [
    ...ALL_SHARED,
    ...["cli/commands", "cli/engines", "cli/local", "cli/request", "cli/terminal", "tools/bundling"],
    "package.json",
  ],
};

test("imports go in the planned direction only", () => {
  const wrong = product.flatMap(({ path, ours }) =>
    ours
      .filter((target) => room(target) !== room(path) && !ALLOWED[room(path)]?.includes(room(target)))
      .map((target) => `${path} imports ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("infra takes nothing but settings and the build from shared", () => {
  const fromInfra = product.filter(({ path }) => path.startsWith("infra/")).flatMap(({ ours }) => ours);
  const others = fromInfra.filter((target) => !target.startsWith("infra/"));
  const allowed =
    /^shared\/(validation\/(env|nearest-name)|build\/(bundling|of-stages))\.ts$|^package\.json$/;
  expect(others.filter((target) => !allowed.test(target))).toEqual([]);
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
  const allowed = /^(cli|tools\/localstack)\//;
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
  const loaded = loadedBy("cli/inline/thread-worker.ts");
  const awaiting = loaded.filter(
    (path) =>
      path.endsWith(".ts") &&
      /^(?=\S).*\bawait\b/m.test(readFileSync(join(ROOT, path), "utf8").replace(/^(\/\/|\/?\*).*$/gm, "")),
  );
  expect(loaded.length).toBeGreaterThan(20);
  expect(awaiting).toEqual([]);
});

test("a schema loads no kernel, no estimate and no compiler", () => {
  const schemas = product.filter(({ path }) => /^shared\/(array|messages|record)\//.test(path));
  const loaded = loadedBy(...schemas.map(({ path }) => path));
  const heavy = loaded.filter((path) => /^(shared\/(kernels|plan|build)|tools)\//.test(path));
  // The contract between a kernel and its callers.
  expect(heavy).toEqual(["shared/kernels/kernel.ts"]);
});

/** These files and all that they import, directly or not. */
function loadedBy(...paths: string[]): string[] {
  const bySource = new Map(sources.map((source) => [source.path, source]));
  const loaded = new Set<string>();
  const visit = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const target of bySource.get(path)?.ours ?? []) visit(target);
  };
  for (const path of paths) visit(path);
  return [...loaded];
}

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
