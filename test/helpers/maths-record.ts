/**
 * What test/fixtures/maths-bits.json has of shared/kernels/maths. As a program it makes the file again, which each change of
 * the code needs, and refuses where bits have changed and MATHS_VERSION has not.
 *
 * @example node test/helpers/maths-record.ts
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { MATHS_VERSION } from "../../shared/kernels/maths/index.ts";
import recorded from "../fixtures/maths-bits.json" with { type: "json" };
import { type Checksums, checksums, FEW, MANY } from "./maths-bits.ts";

const MATHS = join(import.meta.dirname, "../../shared/kernels/maths");

export interface MathsRecord {
  readonly version: number;
  /** By the number of inputs. */
  readonly checksums: Readonly<Record<string, Checksums>>;
  /** The SHA-256 of the code: few inputs show few changes of bits, so that a change of code asks for many. */
  readonly code: string;
}

/** The next record; throws where bits have changed under the same version. */
export function nextRecord(before: MathsRecord, now: MathsRecord): MathsRecord {
  const changed = JSON.stringify(before.checksums) !== JSON.stringify(now.checksums);
  if (changed && before.version === now.version)
    throw new Error(`Expected another MATHS_VERSION than ${now.version}, since bits have changed.`);
  return now;
}

/** The SHA-256 of the code without comments, types and layout. */
export function codeHash(): string {
  const entryPoints = ["index", "random"].map((name) => join(MATHS, `${name}.ts`));
  const options = { bundle: true, minify: true, format: "esm", write: false, outdir: MATHS } as const;
  const hash = createHash("sha256");
  for (const { text } of buildSync({ entryPoints, ...options }).outputFiles) hash.update(text);
  return hash.digest("hex");
}

if (import.meta.main) {
  const all = { [FEW]: checksums(FEW), [MANY]: checksums(MANY) };
  const next = nextRecord(recorded, { version: MATHS_VERSION, checksums: all, code: codeHash() });
  writeFileSync(
    join(import.meta.dirname, "../fixtures/maths-bits.json"),
    `${JSON.stringify(next, null, 2)}\n`,
  );
}
