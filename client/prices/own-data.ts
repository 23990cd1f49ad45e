/** Where what a user's machine has learnt is kept: files that may be deleted. */
import { isAbsolute, join } from "node:path";
import { homeFolder } from "../../shared/build/home-folder.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** By the XDG specification. */
export function ownDataFolder({ XDG_DATA_HOME: named = "" }: Environment = process.env): string {
  // The specification says to ignore a relative path.
  const data = isAbsolute(named)
    ? named
    : join(homeFolder(), process.platform === "darwin" ? "Library/Application Support" : ".local/share");
  return join(data, "manyhands");
}
