/** The thread in which a user's file runs for the first time: says what the file exports, or where it threw. */
import { parentPort, workerData } from "node:worker_threads";
import { exportedBy } from "../../shared/kernels/artifact.ts";
import { locate } from "../../shared/kernels/locate.ts";
import { outlineOf } from "../../shared/kernels/outline.ts";

export type LoadReport =
  | { readonly outline: unknown }
  | { readonly thrown: string; readonly place: string | undefined };

function report(code: string): LoadReport {
  try {
    return { outline: outlineOf(exportedBy(code)) };
  } catch (error) {
    return { thrown: textOf(error), place: locate(error, code) };
  }
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return "a value that has no text";
  }
}

export const loadFile = (): void => parentPort?.postMessage(report(String(workerData)));
