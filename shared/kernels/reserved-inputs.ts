/**
 * Names that no input can have, because a command on a kernel or on its job has an option of that name: `--out` is the
 * folder, not an input `out`. Options that are planned are among them, so that a kernel of today runs then too.
 */
export const RESERVED_INPUTS: ReadonlySet<string> = new Set([
  ...[
    "all",
    "allowMissing",
    "architecture",
    "at",
    "chunk",
    "chunks",
    "chunksPerMessage",
    "codec",
    "colormap",
  ],
  ...[
    "dpi",
    "dryRun",
    "dtype",
    "engine",
    "fleet",
    "force",
    "format",
    "help",
    "jobId",
    "json",
    "kernel",
    "limits",
    "maxUsd",
    "memory",
    "notify",
    "npy",
  ],
  ...[
    "out",
    "pictures",
    "plain",
    "plan",
    "plot3d",
    "plots",
    "points",
    "python",
    "queue",
    "quiet",
    "ramp",
    "redis",
    "region",
    "repeats",
    "report",
    "request",
    "scale",
  ],
  ...[
    "schema",
    "seed",
    "simulate",
    "size",
    "special",
    "stack",
    "store",
    "timeout",
    "title",
    "version",
    "view",
  ],
  ...["open", "watch", "workers", "write", "yes"],
]);

/** Whether the command line, or JavaScript itself, has another use for the name; `--no-plots` turns `plots` off. */
export function isReserved(input: string): boolean {
  return RESERVED_INPUTS.has(input) || /^no[A-Z]/.test(input) || input in {};
}
