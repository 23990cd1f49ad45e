import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { emulatedCloud } from "../helpers/emulator.ts";

/** Addresses that something listens on at the port, as the kernel lists them: little-endian hexadecimal. */
function listeningOn(port: number): string[] {
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, "0");
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) =>
    readFileSync(table, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local = "", , state]) => local.endsWith(`:${hexadecimal}`) && state === "0A")
      .map(([, local = ""]) => local.split(":")[0] ?? ""),
  );
}

test.runIf(process.platform === "linux")(
  "the embedded cloud listens on 127.0.0.1 and nowhere else",
  async () => {
    const { cloud } = await emulatedCloud();
    expect(listeningOn(Number(new URL(cloud.endpoint).port))).toEqual(["0100007F"]);
  },
);
