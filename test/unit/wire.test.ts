import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { groupFaults } from "../../client/verify/group-faults.ts";
import { claimEndKey, claimKey } from "../../shared/burst/claim-keys.ts";
import { parseDrainRequest } from "../../shared/burst/drain-request.ts";
import { readClaim } from "../../shared/burst/drainer-claim.ts";
import { KERNELS } from "../../shared/kernels/registry.ts";
import { parseChunkMessage } from "../../shared/messages/chunk-message.ts";
import { parseResultMessage } from "../../shared/messages/chunk-report.ts";
import { JobRequestSchema } from "../../shared/messages/job-request.ts";
import { parseResumption } from "../../shared/messages/resumption.ts";
import { declarationOf } from "../../shared/plan/declaration-of.ts";
import { jobKeys } from "../../shared/ports/keys.ts";
import { getParsed, jsonBytes } from "../../shared/ports/store.ts";
import { isCancelled, readChunkSet, readSubmission } from "../../shared/record/control.ts";
import { type StoredJob, StoredJobSchema } from "../../shared/record/job.ts";
import { listSegments, readSegments } from "../../shared/record/segments.ts";
import { SubmissionSchema } from "../../shared/record/submission.ts";
import { readSummary } from "../../shared/record/summary.ts";
import { putGroup } from "../../shared/record/zarr-group.ts";
import { InvalidInputError, NewerVersionError } from "../../shared/validation/errors.ts";
import { parse } from "../../shared/validation/parse.ts";
import { MemoryStore } from "../helpers/memory.ts";

const RELEASES = join(import.meta.dirname, "../fixtures/wire");
const JOB_ID = "wire";
const KEY = "some/key.json";
const keys = jobKeys(JOB_ID);
const GROUP = { jobId: JOB_ID, group: "g1" };

type Document = Record<string, unknown>;
type Read = (document: Document, others: (name: string) => Document) => unknown;

async function storeWith(...objects: readonly (readonly [string, Document])[]) {
  const store = new MemoryStore();
  for (const [key, document] of objects) await store.put(key, jsonBytes(document));
  return store;
}

/** Under a key that tells its content, as the aggregator stores it. */
async function readSegment(prefix: string, document: Document) {
  const hash = createHash("sha256").update(jsonBytes(document)).digest("hex").slice(0, 24);
  const store = await storeWith([`${prefix}4-${hash}.json`, document]);
  const found: unknown[] = [];
  const visit = (entry: unknown) => void found.push(entry);
  await readSegments(store, JOB_ID, await listSegments(store, JOB_ID, 25), { report: visit, failure: visit });
  return found;
}

/** Faults of the group that the job of the same release has, with this document in the place of its own. */
async function faultsWith(key: string, document: Document, job: StoredJob) {
  const store = new MemoryStore();
  const declaration = declarationOf(job, KERNELS);
  await putGroup(store, job, declaration);
  await store.put(key, jsonBytes(document));
  return groupFaults(store, job, declaration);
}

const storedJob = (document: Document) => parse(StoredJobSchema, document, "job.json");
const chunkSet: Read = async (document) => readChunkSet(await storeWith([KEY, document]), KEY);
const submitted: Read = async (document) =>
  readSubmission(await storeWith([keys.submitted, document]), JOB_ID, 0);
const summary: Read = async (document) => readSummary(await storeWith([keys.summary, document]), JOB_ID);
const result: Read = (document) => parseResultMessage(JSON.stringify(document));

/** How each message and record is read, wherever it is. */
const READERS: Readonly<Record<string, Read>> = {
  "chunk-message": (document) => parseChunkMessage(JSON.stringify(document)),
  "check-message": result,
  report: result,
  "failure-report": result,
  "drain-request": parseDrainRequest,
  "resume-request": parseResumption,
  submission: (document) => parse(SubmissionSchema, document, "the splitter's answer"),
  job: async (document) => getParsed(await storeWith([KEY, document]), KEY, StoredJobSchema),
  submitted,
  missing: chunkSet,
  reissue: chunkSet,
  "report-segment": (document) => readSegment(keys.reports, document),
  "failure-segment": (document) => readSegment(keys.failures, document),
  summary,
  "failures-summary": summary,
  claim: async (document) => readClaim(await storeWith([claimKey(GROUP), document]), GROUP),
  "claim-end": async (document, others) =>
    readClaim(await storeWith([claimKey(GROUP), others("claim")], [claimEndKey(GROUP), document]), GROUP),
};
/** Their own rules: the request is a user's, of a cancellation only the key is read, Zarr has its own version. */
const OTHERS: Readonly<Record<string, Read>> = {
  "job-request": (document) => parse(JobRequestSchema, document, "job request"),
  cancelled: async (document) =>
    isCancelled(await storeWith([`${keys.control}cancelled-0.json`, document]), { jobId: JOB_ID, round: 0 }),
  group: (document, others) => faultsWith(keys.zarr, document, storedJob(others("job"))),
  array: (document, others) => {
    const job = storedJob(others("job"));
    return faultsWith(`${keys.array}${job.spec.values[0]?.name}/zarr.json`, document, job);
  },
};

/** The version up to which this release reads each kind; 1 of the others. */
const READ_UP_TO: Readonly<Record<string, number>> = {
  ...{ "chunk-message": 2, "check-message": 2, report: 2, "failure-report": 2 },
  ...{ job: 2, summary: 2, "failures-summary": 2 },
};

/** Names are a dictionary's there, not fields. */
const DICTIONARIES = new Set(["parameters", "inputs", "at"]);
const UNKNOWN = "fieldOfALaterRelease";

/** Copies of the document, each with an unknown field in another one of its objects. */
function* withUnknownField(document: unknown, isDictionary = false): Generator<unknown> {
  if (typeof document !== "object" || document === null) return;
  if (!Array.isArray(document) && !isDictionary) yield { ...document, [UNKNOWN]: { some: ["thing"] } };
  for (const [name, value] of Object.entries(document)) {
    for (const changed of withUnknownField(value, DICTIONARIES.has(name)))
      yield Array.isArray(document) ? document.with(Number(name), changed) : { ...document, [name]: changed };
  }
}

/** What is kept for a newer reader is not what this one reads. */
const known = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value ?? null, (name, inner) => (name === UNKNOWN ? undefined : inner)));

describe.each(readdirSync(RELEASES).filter((name) => /^v\d+$/.test(name)))(
  "what was written in version %s",
  (release) => {
    const folder = join(RELEASES, release);
    const stored = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
    const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ""));
    const ofOwn = names.filter((name) => name in READERS);

    test("has a reader each", () => {
      expect(names.toSorted()).toEqual(Object.keys({ ...READERS, ...OTHERS }).toSorted());
    });

    test.each(names)("is read: %s", async (name) => {
      const read = await { ...READERS, ...OTHERS }[name]?.(stored(name), stored);
      const isFaults = name === "group" || name === "array";
      if (isFaults) expect(read).toEqual([]);
      else expect(read).toMatchObject({});
      if (name.endsWith("-segment")) expect(read).not.toEqual([]);
    });

    test.each(ofOwn)("is read the same with unknown fields at any level: %s", async (name) => {
      const document = stored(name);
      const read = async (each: Document) => known(await READERS[name]?.(each, stored));
      const expected = await read(document);
      const changed = [...withUnknownField(document)] as Document[];
      expect(changed.length).toBeGreaterThan(0);
      for (const each of changed) expect(await read(each), JSON.stringify(each)).toEqual(expected);
    });

    test.each(ofOwn)("with a newer version says so, whatever else it is: %s", async (name) => {
      const read = async (change: Document) => READERS[name]?.({ ...stored(name), ...change }, stored);
      const version = (READ_UP_TO[name] ?? 1) + 1;
      const sentence = `to be of version ${version - 1}, got one made by a newer manyhands (version ${version}; this one reads up to ${version - 1})`;
      for (const change of [{}, { kind: "unheard-of", jobId: 7, chunks: {}, reports: 1, failures: "" }]) {
        const error = await read({ version, ...change }).catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(NewerVersionError);
        expect((error as Error).message).toContain(sentence);
      }
    });

    test.each(ofOwn)("with a version that there never was is damaged: %s", async (name) => {
      const isMadeAgain = /summary|segment/.test(name);
      for (const version of [0, -1, 1.5, 2.5, "2", null, [2], undefined]) {
        if (name === "resume-request" && version === undefined) continue; // may leave it out
        const reading = (async () => READERS[name]?.({ ...stored(name), version }, stored))();
        if (isMadeAgain) expect(await reading.then((found) => found ?? []), `${version}`).toEqual([]);
        else await expect(reading, `${version}`).rejects.toThrow(InvalidInputError);
      }
    });
  },
);

const written = (release: string) => (name: string) =>
  JSON.parse(readFileSync(join(RELEASES, release, `${name}.json`), "utf8"));

test.each(["v1", "v2"])("the request that a user writes stays strict: %s", (release) => {
  for (const request of [...withUnknownField(written(release)("job-request"))])
    expect(() => parse(JobRequestSchema, request, "job request")).toThrow(
      /without unknown fields|a range with from, to and count/,
    );
});

test.each(["v1", "v2"].flatMap((release) => ["group", "array"].map((name) => [release, name] as const)))(
  "%s %s metadata may have further attributes, but no other further field",
  async (release, name) => {
    const others = written(release);
    const document = others(name);
    const attributes = { ...(document.attributes as object), [UNKNOWN]: 1 };
    const read = (changed: Document) => OTHERS[name]?.(changed, others);
    expect(await read({ ...document, attributes })).toEqual([]);
    expect(await read({ ...document, storage_transformers: [{ name: "other" }] })).toHaveLength(1);
    expect(await read({ ...document, attributes: { [UNKNOWN]: 1 } })).toHaveLength(1);
  },
);
