export interface Package {
  readonly name: string;
  readonly version: string;
  /** Its SPDX expression. */
  readonly licence: string;
  /** The built files that contain code of the package. */
  readonly within: readonly string[];
  /** The texts of its licence and notice; empty if it ships none. */
  readonly texts: readonly string[];
}
