import { spawn } from "node:child_process";
import { roughly } from "../../shared/validation/roughly.ts";
import { hasDesktop } from "./open-browser.ts";

/** A user who waits for less has not turned away. */
const LEAST_MS = 60_000;

/** How a job ended, for a user who has turned away. */
export interface Ended {
  readonly jobId: string;
  /** The job's state, or what the command met in its place. */
  readonly state: string;
  /** How long the command was at it. */
  readonly ms: number;
}

/**
 * Tells that a job has ended for which the command took over a minute: rings the terminal's bell, and sends a desktop notification where a desktop is.
 * Whether that arrived is not told.
 */
export function notify({ jobId, state, ms }: Ended): void {
  if (ms <= LEAST_MS) return;
  if (process.stderr.isTTY) process.stderr.write("\u0007");
  const [command, ...args] = messenger(`manyhands: ${state}`, `${jobId}, after ${roughly(ms)}`);
  if (command === undefined) return;
  const child = spawn(command, args, { detached: true, stdio: "ignore" });
  child.on("error", () => {}); // it is not installed
  child.unref();
}

/** The texts go as arguments of their own: AppleScript has a syntax that a text could end. */
function messenger(title: string, text: string): readonly string[] {
  if (process.platform === "darwin") {
    const script = [
      "on run argv",
      "display notification (item 2 of argv) with title (item 1 of argv)",
      "end run",
    ];
    return ["osascript", ...script.flatMap((line) => ["-e", line]), title, text];
  }
  return hasDesktop() ? ["notify-send", "--app-name=manyhands", "--", title, text] : [];
}
