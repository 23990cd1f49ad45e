/** What a program was made from: `#build`, see `imports` in package.json. */
export interface Build {
  /** Of manyhands. */
  readonly version: string;
  /** A hash of each kernel's own sources, by its name: all that the values of its plain form depend on. */
  readonly kernels: Readonly<Record<string, string>>;
}
