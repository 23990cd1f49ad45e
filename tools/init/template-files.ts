/** The files in `template/`: a list, so that a file more makes a new build, and an editor's leftovers go nowhere. */
export const TEMPLATE_FILES = [
  ...["spot.ts", "spot.c", "spot.json"],
  ...["app.ts", "cdk.json", "tsconfig.json"],
  ...["README.md", "gitignore"],
] as const;
