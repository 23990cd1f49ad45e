import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../../..");

test("the client takes AWS's SDK from two files, which the package bundles without the parts that they leave out", () => {
  const takers = ["api", "cli", "client"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .map((path) => join(folder, path))
      .filter((path) => {
        const text = readFileSync(join(ROOT, path), "utf8").replace(/import type [^;]*;/g, "");
        return text.includes('"@aws-sdk/');
      }),
  );
  expect(takers.toSorted()).toEqual(["client/cloud/sdk.ts", "client/cloud/watching-sdk.ts"]);
});
