/** What we use of packages that only `npm ci --prefix experiments/mutants` installs, so that tsc does without them. */

declare module "@stryker-mutator/core" {
  interface Position {
    readonly line: number;
    readonly column: number;
  }
  export interface MutantResult {
    readonly status: string;
    readonly replacement?: string;
    /** Lines and columns from 1. */
    readonly location: { readonly start: Position; readonly end: Position };
  }
  export class Stryker {
    constructor(options: {
      readonly configFile: string;
      readonly mutate: readonly string[];
      readonly tempDirName: string;
    });
    runMutationTest(): Promise<MutantResult[]>;
  }
}

declare module "monocart-coverage-reports" {
  interface CoverageFile {
    readonly sourcePath: string;
    /** By line: how often it ran, "1/2" where one of two branches did. */
    readonly data: { readonly lines?: Readonly<Record<string, number | string>> };
  }
  export class CoverageReport {
    constructor(options: {
      readonly outputDir: string;
      readonly baseDir: string;
      readonly reports: readonly string[];
      readonly logging: "error";
      readonly entryFilter: (entry: { readonly url: string }) => boolean;
      readonly sourceFilter: (path: string) => boolean;
    });
    addFromDir(folder: string): Promise<void>;
    generate(): Promise<{ readonly files?: readonly CoverageFile[] } | undefined>;
  }
}
