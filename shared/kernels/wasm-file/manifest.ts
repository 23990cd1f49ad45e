import { InvalidInputError } from "../../validation/errors.ts";
import { parseJson } from "../../validation/parse.ts";
import type { WasmModule } from "./module.ts";
import { Reader } from "./reader.ts";
import { withCustomSection } from "./rewrite.ts";

/** The custom section that holds a kernel's manifest: what `kernel({ … })` takes but for its function, as JSON in UTF-8. */
export const MANIFEST_SECTION = "manyhands";

/** The most bytes of a manifest. */
export const MOST_MANIFEST_BYTES = 65_536;

/** The manifest in the module's custom section; undefined where it has none. Throws InvalidInputError. */
export function manifestIn({ file, bytes, sections }: WasmModule): unknown {
  const [section, second] = sections.filter(({ name }) => name === MANIFEST_SECTION);
  if (!section) return undefined;
  if (second) {
    const where = `at bytes ${section.from} and ${second.from}`;
    new Reader(file, bytes).refuse(
      `a module with one custom section \`${MANIFEST_SECTION}\``,
      `two, ${where}`,
    );
  }
  return parseManifest(
    bytes.subarray(section.contentFrom, section.to),
    `${file}'s section ${MANIFEST_SECTION}`,
  );
}

/** A manifest of its own file or section, called `what`. Throws InvalidInputError. */
export function parseManifest(bytes: Uint8Array, what: string): unknown {
  if (bytes.length > MOST_MANIFEST_BYTES) {
    throw new InvalidInputError(
      what,
      `at most ${MOST_MANIFEST_BYTES} bytes of JSON`,
      `${bytes.length} bytes`,
    );
  }
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), what);
  } catch (error) {
    if (error instanceof TypeError) throw new InvalidInputError(what, "JSON in UTF-8", "other bytes");
    throw error;
  }
}

/** The module's bytes with that manifest as its custom section. */
export function withManifest(bytes: Uint8Array<ArrayBuffer>, manifest: unknown): Uint8Array<ArrayBuffer> {
  return withCustomSection(bytes, MANIFEST_SECTION, new TextEncoder().encode(JSON.stringify(manifest)));
}
