import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SCRIPTS } from "../../shared/ports/redis/scripts.ts";

const SOURCE = join(import.meta.dirname, "../../shared/ports/redis/scripts.ts");
/** A script's name with the comment before it. */
const COMMENTED = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+): `/g;

/** The scripts' page below docs/schemas. */
export const REDIS_SCRIPTS = "redis-scripts.md";
/** Where the Python worker has the same scripts. */
export const PYTHON_SCRIPTS = "workers/python/src/manyhands/redis-scripts.json";

const BEGINNING = `# Redis scripts

By \`npm run docs:protocol\`, from the worker in Node. A worker may send other commands that do the same. What each one takes stands before it:
its keys, then its arguments. *stream* is \`manyhands:<queue>\`, *hidden* and *delayed* are its sorted sets.
`;

/** Each script with what it takes. */
export function redisScriptsPage(): string {
  const comments = [...readFileSync(SOURCE, "utf8").matchAll(COMMENTED)];
  const about = new Map(
    comments.map(([, text = "", name = ""]) => [name, text.replace(/\s*\n\s*\* ?/g, " ").trim()]),
  );
  const sections = Object.entries(SCRIPTS).map(
    ([name, lua]) => `\n## ${name}\n\n${sentence(about.get(name) ?? "")}\n\n\`\`\`lua\n${lua}\n\`\`\`\n`,
  );
  return BEGINNING + sections.join("");
}

export const pythonScripts = (): string => `${JSON.stringify(SCRIPTS, null, 2)}\n`;

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
