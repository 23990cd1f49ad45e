/** Which module called kernel() or task(): the library builds from that file. */

/** Registered, because the packages' two entries each have a copy of this file. */
const FILE = Symbol.for("manyhands.file");

/**
 * Notes on the source which module called `caller`, where the stack tells: as a URL, or as an absolute path. Listing the source's
 * fields, or copying them, does not show the note.
 */
export function rememberFile<Source extends object>(source: Source, caller: object): Source {
  const file = moduleThatCalled(caller);
  return file === undefined ? source : Object.defineProperty(source, FILE, { value: file });
}

/** What `rememberFile` noted: `file:///…`, `/…`, `C:\\…`, or the name of what is no file. */
export const rememberedFile = (source: object): string | undefined =>
  (source as { readonly [FILE]?: string })[FILE];

/** By V8's own frames: a text of the stack would have to be taken apart, and a source map may name files that are not there. */
function moduleThatCalled(caller: object): string | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const at: { stack?: readonly NodeJS.CallSite[] } = {};
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_, frames) => frames;
    Error.captureStackTrace(at, caller as (...given: never) => unknown);
    const [frame] = at.stack ?? [];
    return frame?.getFileName() ?? frame?.getEvalOrigin();
  } catch {
    return undefined; // frozen intrinsics
  } finally {
    try {
      Object.assign(Error, { prepareStackTrace, stackTraceLimit });
    } catch {}
  }
}
