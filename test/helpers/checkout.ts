import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporary.ts";

const ROOT = join(import.meta.dirname, "../..");
/** What no job needs, and what a checkout does not have at first. */
const LEFT_OUT = new Set(["docs", "experiments", "test", "dist", "node_modules", "results"]);

/** A copy of this checkout with the folders and files that `npm start` may need; nothing is installed or built there. */
export function copyOfCheckout(): string {
  const copy = join(temporaryFolder(), "checkout");
  mkdirSync(copy);
  const parts = readdirSync(ROOT).filter(
    (name) => !LEFT_OUT.has(name) && !/^cdk\.out|^\.(?!npmrc$)/.test(name),
  );
  for (const part of parts) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  return copy;
}
