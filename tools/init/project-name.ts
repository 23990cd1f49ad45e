import { basename, resolve } from "node:path";

/** The names of functions and queues begin with the stack's: longer ones would lose their ends. */
const LONGEST = 60;

/**
 * A name for the project in a folder: lower-case letters, digits and `-`, a letter first. npm takes it as a package's name, and
 * CloudFormation as a stack's. It is none of `taken`, the packages that the project depends on: npm refuses one that depends on itself.
 * @example
 * projectName("/home/me/Été 2026", []); // "ete-2026"
 */
export function projectName(folder: string, taken: readonly string[]): string {
  const base = basename(resolve(folder))
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase();
  const name = base.match(/[a-z0-9]+/g)?.join("-") ?? "project";
  const isTaken = /^\d/.test(name) || taken.includes(name);
  return (isTaken || name === "project" ? `my-${name}` : name).slice(0, LONGEST).replace(/-$/, "");
}
