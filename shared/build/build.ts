/** The build of a program: `#build`, see `imports` in package.json. */
export interface Build {
  /** The version of manyhands. */
  readonly version: string;
  /** A hash of each kernel's own sources, by its name: the values of its plain form depend on nothing else. */
  readonly kernels: Readonly<Record<string, string>>;
  /** A hash of the sources of all stages, in the npm package alone: it has no sources to make it of. */
  readonly stages?: string;
}
