import { withoutPasswords } from "./terminal/command-typed.ts";

/**
 * Takes passwords in URLs from this process's command line, as other users' process lists show it, where the system lets a process change
 * that. Until then they were there: the environment is the better place.
 */
export function hidePasswords(): void {
  const hidden = process.argv.map(withoutPasswords);
  if (hidden.join() !== process.argv.join()) process.title = hidden.join(" ");
}
