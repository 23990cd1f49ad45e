import { basename, dirname, join } from "node:path";

// Not `import`: it would read each export of the modules, and some exports load much unused code.
const { readFileSync, renameSync, writeFileSync } = process.getBuiltinModule("node:fs");
const { createRequire, getCompileCacheDir } = process.getBuiltinModule("node:module");

/** The checksums of the source and of the code precede the code. */
const HEADER_BYTES = 8;
const WRAPPER = "(function (exports, require, module, __filename, __dirname) {";

/** @type {Map<string, { exports: any, keep: () => void }>} */
const loaded = new Map();

/**
 * Loads a built CommonJS file, with the code that V8 made for it at an earlier start. Node's own compile cache keeps what
 * is compiled while a file loads; the functions that a run calls later were compiled anew each time, in 25 ms for the
 * default job. A process that ends well stores the code of all functions that ran until then, if none was stored yet; one
 * that will be killed calls `keep` before. It is `require` without a compile cache (its folder cannot be written, or
 * NODE_DISABLE_COMPILE_CACHE is set), and while coverage is measured, which counts characters from the start of the file.
 * @param {string} file an absolute path
 * @param {string} use what the file is loaded for: each use runs functions of its own
 * @returns {{ exports: any, keep: () => void }}
 * @example
 * const { main } = loadCompiled("/…/dist/cli/program.js", "run").exports;
 */
export function loadCompiled(file, use) {
  const found = loaded.get(file) ?? load(file, use);
  loaded.set(file, found);
  return found;
}

/**
 * @param {string} file
 * @param {string} use
 */
function load(file, use) {
  const folder = getCompileCacheDir();
  const require = createRequire(file);
  if (folder === undefined || process.env.NODE_V8_COVERAGE) return { exports: require(file), keep: () => {} };

  const source = readFileSync(file, "utf8");
  const kept = join(folder, `${basename(dirname(file))}-${use.replace(/[^a-z]/g, "")}.code`);
  const cachedData = codeIn(kept, source);
  const { Script } = process.getBuiltinModule("node:vm");
  // The offset keeps the columns of stack traces and breakpoints.
  const options = { filename: file, columnOffset: -WRAPPER.length, ...(cachedData && { cachedData }) };
  const script = new Script(`${WRAPPER}${source}\n})`, options);
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, file, dirname(file));
  let isKept = cachedData !== undefined && !script.cachedDataRejected;
  const keep = () => {
    if (!isKept) write(kept, source, script.createCachedData());
    isKept = true;
  };
  process.on("exit", (code) => code === 0 && keep());
  return { exports: module.exports, keep };
}

/**
 * V8 looks at its version, at its flags and at the length of the source; the checksums tell other sources and damage.
 * @param {string} path
 * @param {string} source
 */
function codeIn(path, source) {
  try {
    const bytes = readFileSync(path);
    const code = bytes.subarray(HEADER_BYTES);
    return bytes.subarray(0, HEADER_BYTES).equals(headerOf(source, code)) ? code : undefined;
  } catch {
    return undefined; // none was kept yet
  }
}

/**
 * @param {string} path
 * @param {string} source
 * @param {Buffer} code
 */
function write(path, source, code) {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, Buffer.concat([headerOf(source, code), code]));
    renameSync(temporary, path);
  } catch {
    // The next start compiles again, as this one did.
  }
}

/**
 * @param {string} source
 * @param {Buffer} code
 */
function headerOf(source, code) {
  const { crc32 } = process.getBuiltinModule("node:zlib");
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(crc32(source), 0);
  header.writeUInt32LE(crc32(code), 4);
  return header;
}
