import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { ENGINES } from "../../client/engines/engines.ts";
import packageJson from "../../package.json" with { type: "json" };

const ROOT = join(import.meta.dirname, "../..");
const FOLDERS = [
  "api",
  "cli",
  "client",
  "examples",
  "functions",
  "infra",
  "plots",
  "shared",
  "test",
  "tools",
];
const SDK = /^@aws-sdk\/|^@smithy\//;
/** What a `#name` stands for outside bundles, see `imports` in package.json. */
const NAMED = new Map(
  Object.entries(packageJson.imports).map(([name, { default: path }]) => [name, path.replace("./", "")]),
);

interface Source {
  readonly path: string;
  /** Relative and named imports, as paths from the root. */
  readonly ours: readonly string[];
  /** Those of them that are for types alone. */
  readonly types: readonly string[];
  /** Those of them that Node loads with the file. */
  readonly atStart: readonly string[];
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
  const pathTo = (specifier: string) =>
    NAMED.get(specifier) ?? relative(ROOT, join(ROOT, dirname(path), specifier));
  const loading = [...text.matchAll(/^(?:import|export) (?!type\b)(?:[^;]*?\bfrom )?"([^"]+)";/gm)];
  const typing = [...text.matchAll(/^(?:import|export) type\b[^;]*? from "([^"]+)";/gm)];
  const oursOf = (found: readonly RegExpExecArray[]) =>
    found.flatMap(([, specifier = ""]) => (isOurs(specifier) ? [pathTo(specifier)] : []));
  const atStart = oursOf(loading);
  return {
    path,
    ours: specifiers.filter(isOurs).map(pathTo),
    types: oursOf(typing).filter((target) => !atStart.includes(target)),
    atStart,
    packages: specifiers.filter((specifier) => !isOurs(specifier)),
  };
}

/** The room a file lies in, as the rules name them: two folders deep where the first one has several. */
function room(path: string): string {
  const [folder = "", next = "", ...rest] = path.split("/");
  const hasRooms = ["cli", "client", "functions", "shared", "tools"].includes(folder);
  return hasRooms && rest.length > 0 ? `${folder}/${next}` : folder;
}

/** The rooms of shared/, each above those it may import. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  "shared/validation": [],
  "shared/kernels": ["shared/build", "shared/validation"],
  "shared/build": ["shared/kernels", "shared/validation"],
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
  // What the package exports. The command line stands on it, and no other room.
  api: [
    ...ALL_SHARED,
    "infra",
    "client/cloud",
    "client/engines",
    "client/job-folder",
    "client/jobs",
    "client/kernels",
    "client/predictions",
    "client/prices",
    "client/redis",
    "client/remote",
    "client/report",
    "client/verify",
    "tools/kernels",
  ],
  // Which kernels the handlers get, what they are billed by, and what they pay with.
  functions: [...ALL_SHARED, "tools/bundling"],
  "functions/splitter": [...ALL_SHARED, "functions"],
  "functions/worker": [...ALL_SHARED, "functions"],
  "functions/aggregator": [...ALL_SHARED, "functions", "plots"],
  infra: [
    ...["shared/build", "shared/messages", "shared/plan", "shared/validation", "tools/bundling"],
    "package.json",
  ],
  examples: ["infra"],
  "tools/bundling": ["shared/build", "shared/ports", "shared/validation", "tools/init"],
  "tools/init": ["shared/build", "tools/bundling", "package.json"],
  "tools/kernels": [
    ...["client/threads", "shared/build", "shared/kernels", "shared/ports", "shared/validation"],
    "tools/bundling",
  ],
  "tools/api-docs": ["api"],
  "tools/protocol": ["shared/build", "shared/messages", "shared/ports", "shared/record"],
  "tools/licences": ["tools/bundling", "tools/package"],
  "tools/site": ["api", "plots", "shared/messages", "shared/ports", "shared/record"],
  "tools/package": [
    ...["api", "cli", "client/cloud", "shared/build", "tools/bundling", "tools/init", "package.json"],
  ],
  "tools/localstack": ["client/local"],
  "cli/terminal": [
    ...[...ALL_SHARED, "api", "client/diff", "client/engines", "client/memory", "client/remote"],
    "client/scale",
  ],
  "client/threads": ["client/inline", "client/kernels", "client/verify", "client/watch", "tools/kernels"],
  "client/page": ALL_SHARED,
  // A page of a job, in a file of its own.
  "client/report": [...ALL_SHARED, "client/page", "functions/aggregator", "plots", "tools/bundling"],
  // A page of a job, served on this machine.
  "client/watch": [
    ...ALL_SHARED,
    ...["client/engines", "client/jobs", "client/page", "client/remote", "client/threads"],
  ],
  "client/kernels": [...ALL_SHARED, "client/threads", "tools/bundling", "tools/kernels"],
  "cli/request": [...ALL_SHARED, "api", "client/kernels"],
  // Where jobs outlive their process: what is alike of a deployment and of a Redis, and either.
  "client/remote": [...ALL_SHARED, "client/kernels", "functions/aggregator"],
  "client/cloud": [
    ...ALL_SHARED,
    ...["client/prices", "client/redis", "client/remote", "functions/aggregator"],
  ],
  // Queues and a store without a stack, and the two that have them.
  "client/hub": [
    ...ALL_SHARED,
    ...["client/kernels", "client/remote", "client/standing"],
    ...["functions", "functions/splitter", "functions/aggregator", "tools/bundling"],
  ],
  "client/redis": [
    ...ALL_SHARED,
    ...["client/cloud", "client/hub", "client/jobs", "client/kernels", "client/local", "client/remote"],
    "client/standing",
  ],
  "client/sqs": [...ALL_SHARED, "client/cloud", "client/hub", "client/jobs", "client/remote"],
  // Only here are the built handlers and the emulator.
  "client/local": [
    ...ALL_SHARED,
    ...["client", "client/cloud", "client/engines", "client/prices"],
    ...["functions/aggregator", "tools/bundling"],
  ],
  "client/memory": [...ALL_SHARED, "client/jobs"],
  "client/diff": ALL_SHARED,
  "client/scale": ALL_SHARED,
  "client/standing": [
    ...ALL_SHARED,
    ...["client", "client/cloud", "client/kernels", "client/local", "tools/bundling", "tools/kernels"],
  ],
  "client/prices": [...ALL_SHARED, "client/cloud"],
  "client/predictions": [...ALL_SHARED, "client/cloud", "client/kernels", "client/prices"],
  "client/inline": [
    ...ALL_SHARED,
    "client/engines",
    ...["functions/splitter", "functions/worker", "functions/aggregator"],
  ],
  "client/conform": [
    ...ALL_SHARED,
    ...["client/kernels", "client/local", "client/redis", "functions/worker", "tools/bundling"],
  ],
  "client/verify": [
    ...ALL_SHARED,
    ...["client/kernels", "client/local", "client/threads", "functions/worker"],
    ...["tools/bundling", "tools/kernels"],
  ],
  "client/engines": [
    ...ALL_SHARED,
    "client",
    "client/cloud",
    "client/inline",
    "client/jobs",
    "client/kernels",
    "client/local",
    "client/redis",
    "client/remote",
    "client/sqs",
    "client/threads",
    "functions/worker",
    "tools/bundling",
  ],
  "client/job-folder": [...ALL_SHARED, "client", "client/engines", "client/kernels"],
  "client/jobs": [
    ...ALL_SHARED,
    ...["client/engines", "client/job-folder", "client/kernels", "client/remote"],
  ],
  "cli/commands": [
    ...ALL_SHARED,
    ...[
      "api",
      "client/cloud",
      "client/conform",
      "client/diff",
      "client/engines",
      "client/job-folder",
      "client/jobs",
      "client/kernels",
      "client/memory",
      "client/predictions",
      "client/prices",
      "client/remote",
      "client/redis",
      "client/report",
      "client/scale",
      "client/standing",
      "client/watch",
      "cli/request",
      "cli/terminal",
      "client/verify",
      "plots",
      "tools/bundling",
      "tools/init",
      "package.json",
    ],
    "functions/aggregator",
  ],
  cli: [
    "client/cloud",
    ...ALL_SHARED,
    ...[
      "cli/commands",
      "client/engines",
      "client/kernels",
      "client/local",
      "client/redis",
      "cli/request",
      "cli/terminal",
      "tools/bundling",
    ],
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

test("the stages ask for a fleet, and answer as part of one, and know nothing else of bursts", () => {
  const outside = product.filter(({ path }) => !path.startsWith("shared/burst/"));
  const known = outside.flatMap(({ path, ours }) =>
    ours.filter((target) => room(target) === "shared/burst").map((target) => `${path} knows ${target}`),
  );
  expect(known.toSorted()).toEqual([
    "client/engines/local.ts knows shared/burst/claim-keys.ts",
    "functions/splitter/splitter-handler.ts knows shared/burst/burst-fleet.ts",
    "functions/worker/worker-handler.ts knows shared/burst/drain-loop.ts",
    "functions/worker/worker-handler.ts knows shared/burst/queue-drainer.ts",
  ]);
});

test("SQS's types of messages stay in its adapter, at the handlers and where their events are made", () => {
  const users = product.filter(
    ({ path, packages }) =>
      packages.includes("aws-lambda") && !/^functions\/\w+\/\w+-handler\.ts$|^infra\//.test(path),
  );
  expect(users.map(({ path }) => path).toSorted()).toEqual([
    "client/cloud/check-event.ts",
    "client/cloud/invoke.ts",
    "client/local/drive.ts",
    "client/local/function-events.ts",
    "shared/ports/aws/sqs-inbox.ts",
  ]);
});

test("infra takes nothing but settings, how a fleet is divided, an event's name, prices and the build from shared, and from tools where the built files lie", () => {
  const fromInfra = product.filter(({ path }) => path.startsWith("infra/")).flatMap(({ ours }) => ours);
  const others = fromInfra.filter((target) => !target.startsWith("infra/"));
  const allowed =
    /^shared\/(validation\/(env|nearest-name)|build\/(bundling|of-stages)|messages\/job-ended|plan\/(prices|fleet-cap))\.ts$|^tools\/bundling\/(dist|stages)\.ts$|^package\.json$/;
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

test("the AWS SDK appears in client, command line and LocalStack's scripts only; the stages take its signer and no more", () => {
  const allowed = /^(cli|client|tools\/localstack)\//;
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

test("no command asks for an engine's name", () => {
  const names = [...ENGINES.keys()].join("|");
  const comparison = new RegExp(`[!=]==?\\s*"(${names})"|"(${names})"\\s*[!=]==?|\\bcase "(${names})"`);
  const outside = product.filter(
    ({ path }) => /^(api|cli|client)\//.test(path) && !path.startsWith("client/engines/"),
  );
  const asking = outside.filter(({ path }) => comparison.test(readFileSync(join(ROOT, path), "utf8")));
  expect(asking.map(({ path }) => path)).toEqual([]);
  expect('if (engine === "aws")').toMatch(comparison);
});

test("the contract of engines and that of job stores know no cloud", () => {
  const known = loadedBy("client/engines/engine.ts", "client/jobs/job-store.ts");
  expect(
    known.filter((path) =>
      /^client\/(?!engines\/(engine|interrupted)\.ts|jobs\/job-store\.ts|remote\/remote\.ts)/.test(path),
    ),
  ).toEqual([]);
});

test("help, and commands on jobs of this machine, load no AWS SDK", () => {
  const commands = [...["cancel", "diff", "list", "memory", "plot", "resume", "run", "status", "verify"]];
  const entries = [
    ...["api/index.ts", "cli/program.ts", "client/jobs/folder-jobs.ts", "client/jobs/remote-jobs.ts"],
    ...["serial", "threads", "local"].map((name) => `client/engines/${name}.ts`),
    ...commands.map((name) => `cli/commands/${name}.ts`),
  ];
  const bySource = new Map(sources.map((source) => [source.path, source]));
  const loaded = loadedAtStart(...entries).filter((path) =>
    bySource.get(path)?.packages.some((name) => SDK.test(name) && name !== "@smithy/signature-v4"),
  );
  expect(loaded).toEqual([]);
  expect(loadedAtStart("client/cloud/deployment-remote.ts")).toContain("client/cloud/clients.ts");
});

test("what threads load awaits nothing at its top level: V8 aborts where a thread is terminated just then", () => {
  const loaded = loadedBy("client/threads/thread.ts");
  const awaiting = loaded.filter(
    (path) =>
      path.endsWith(".ts") &&
      /^(?=\S).*\bawait\b/m.test(readFileSync(join(ROOT, path), "utf8").replace(/^(\/\/|\/?\*).*$/gm, "")),
  );
  expect(loaded.length).toBeGreaterThan(20);
  expect(awaiting).toEqual([]);
});

test("which kernels there are is said where a program begins, and nowhere above", () => {
  const registry = "shared/kernels/registry.ts";
  const { atStart: registered = [] } = sources.find(({ path }) => path === registry) ?? {};
  const chosen = new Set([registry, ...registered, NAMED.get("#kernels.wasm")]);
  const importers = (targets: ReadonlySet<string | undefined>) =>
    product
      .filter(({ ours, types }) => ours.some((target) => targets.has(target) && !types.includes(target)))
      .map(({ path }) => path);
  expect(
    importers(chosen)
      .filter((path) => room(path) !== "shared/kernels")
      .sort(),
  ).toEqual([
    // For what a built-in kernel declares: jobs of former versions have no declaration of their own.
    "api/job-outcome.ts",
    "cli/commands/diff.ts",
    "cli/commands/plot.ts",
    "cli/commands/table.ts",
    "client/hub/stages.ts",
    "client/inline/inline.ts",
    "client/job-folder/job-folder.ts",
    "client/kernels/loader.ts",
    "client/report/page-of-job.ts",
    "functions/aggregator/handler.ts",
    "functions/kernels.ts",
  ]);
  expect(importers(new Set(["functions/kernels.ts"])).sort()).toEqual([
    "functions/splitter/handler.ts",
    "functions/worker/handler.ts",
  ]);
});

test("a schema loads no kernel, no estimate and no compiler", () => {
  const schemas = product.filter(({ path }) => /^shared\/(array|messages|record)\//.test(path));
  const loaded = loadedBy(...schemas.map(({ path }) => path));
  const heavy = loaded.filter((path) => /^(shared\/(kernels|plan|build)|tools)\//.test(path));
  // What a kernel declares, and the two functions that a logarithmic axis is made of.
  const own = heavy.filter((path) => !path.startsWith("shared/kernels/maths/"));
  expect(own.toSorted()).toEqual([
    "shared/kernels/declaration.ts",
    "shared/kernels/dtype.ts",
    "shared/kernels/input-value.ts",
    "shared/kernels/uploads.ts",
  ]);
  const maths = loadedBy("shared/kernels/maths/exp.ts", "shared/kernels/maths/log.ts");
  expect(heavy.filter((path) => !own.includes(path) && !maths.includes(path))).toEqual([]);
});

/** These files and all that they import, directly or not. */
const loadedBy = (...paths: string[]) => reached(paths, ({ ours }) => ours);

/** The same, without types and without what is loaded when it is used. */
const loadedAtStart = (...paths: string[]) => reached(paths, ({ atStart }) => atStart);

function reached(paths: readonly string[], targets: (source: Source) => readonly string[]): string[] {
  const bySource = new Map(sources.map((source) => [source.path, source]));
  const loaded = new Set<string>();
  const visit = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    const source = bySource.get(path);
    for (const target of source ? targets(source) : []) visit(target);
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
