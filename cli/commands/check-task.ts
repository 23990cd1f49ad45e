import { readItems } from "../../api/items.ts";
import type { MeantKernel } from "../../client/kernels/meant-kernel.ts";
import type { MapItems } from "../../shared/kernels/loaded.ts";
import { decodeShard, MOST_SHARD_BYTES } from "../../shared/record/shards.ts";
import { commandLine, pathOf } from "../../shared/validation/command-line.ts";
import { count, counted } from "../../shared/validation/counted.ts";
import { printable } from "../../shared/validation/printable.ts";
import { EXIT_CODES } from "../terminal/exit-codes.ts";
import { aligned, jsonLine, seconds } from "../terminal/text.ts";

/** Items that are run, and what each may take (s), as in `map`. */
const MOST_ITEMS = 3;
const ITEM_SECONDS = 30;
/** A longer line is shown in part. */
const MOST_CHARACTERS = 200;

interface Sample {
  /** As in results.jsonl: `{"index":0,"value":…}`. */
  readonly line: string;
  readonly isError: boolean;
  /** Whether the second run gave the same. */
  readonly isSame: boolean;
  readonly seconds: number;
}

/**
 * `manyhands check` of a task: what it is, and what it makes of the first items of a file, each of which is run twice in this process. A
 * task may have effects, so without a file none is run. Returns the exit code: 1 where an item threw.
 */
export async function checkTask(
  { kernel, file = "" }: MeantKernel,
  items: string | undefined,
  { json }: { readonly json?: boolean },
): Promise<number> {
  const { name, hash, declaration, map } = kernel;
  const found = items === undefined || !map ? undefined : await sampled(items, map);
  const sample = found?.sample ?? [];
  if (json)
    process.stdout.write(jsonLine({ name, file, hash: hash ?? null, declaration, items: asJson(found) }));
  else {
    const { about } = declaration;
    process.stdout.write(
      aligned(`${name}${about && `: ${about}`}`, [
        ["file", file],
        ["hash", `${hash ?? "unknown"}: of the source with its imports`],
        ["form", "task, one call an item"],
        ...(found ? sampleText(found) : [["items", notRun(file)] as const]),
      ]),
    );
  }
  return sample.some(({ isError }) => isError) ? EXIT_CODES.failed : 0;
}

async function sampled(path: string, map: MapItems) {
  const list = await readItems(path);
  try {
    const most = Math.min(MOST_ITEMS, list.count);
    const sample: Sample[] = [];
    for await (const { bytes } of list.shards(most)) {
      for (const [index, item] of decodeShard(bytes, most).lines.entries())
        sample.push(await twice(item, index, map));
      break;
    }
    return { count: list.count, mostBytes: list.mostBytes, sample };
  } finally {
    list.release();
  }
}

async function twice(item: string, index: number, map: MapItems): Promise<Sample> {
  const once = () =>
    map([item], {
      ...{ first: index, seed: 0, seconds: ITEM_SECONDS, concurrency: 1, mostBytes: MOST_SHARD_BYTES },
      ...{ former: undefined, mayBegin: async () => true },
    });
  const startedMs = performance.now();
  const { lines, failed } = await once();
  const tookMs = performance.now() - startedMs;
  const again = await once();
  const [line = ""] = lines;
  return { line, isError: failed > 0, isSame: again.lines[0] === line, seconds: tookMs / 1000 };
}

/** Each result as in results.jsonl, with its time and whether the second run gave the same; null where none was run. */
function asJson(found: Awaited<ReturnType<typeof sampled>> | undefined) {
  if (!found) return null;
  const sample = found.sample.map(({ line, isSame, seconds: took }) => ({
    ...JSON.parse(line),
    isSame,
    seconds: took,
  }));
  return { ...found, sample };
}

type Line = readonly [string, string];

const notRun = (file: string) =>
  `none was run, as a task may have effects: \`${commandLine("check", pathOf(file))} items.jsonl\` runs the first ${MOST_ITEMS} twice`;

function sampleText({ count: all, mostBytes, sample }: Awaited<ReturnType<typeof sampled>>): Line[] {
  const others = sample.flatMap(({ isSame }, index) => (isSame ? [] : [index]));
  return [
    [
      "items",
      `${counted(all, "item")} of up to ${count(mostBytes)} bytes, of which ${sample.length} were run twice here`,
    ],
    ...sample.map(
      ({ line, seconds: took }): Line => ["result", `${shortened(line)} in ${seconds(1000 * took)}`],
    ),
    [
      "again",
      others.length === 0
        ? "the same of each"
        : `other results of item ${others.join(", ")}: a job keeps the first that is stored`,
    ],
  ];
}

const shortened = (line: string) =>
  printable(line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line);
