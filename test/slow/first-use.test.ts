import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../helpers/temporary.ts";
import { unwritableCheckout } from "../helpers/unwritable-checkout.ts";

test("a checkout that cannot be written is built in the user's cache folder, once, and runs from there", async () => {
  const cache = temporaryFolder();
  const checkout = unwritableCheckout();
  const before = checkout.files();
  const sentence = "Building the workers once, a few seconds …\n";
  expect(await checkout.run(cache, "run")).toMatchObject({ code: 0, stderr: sentence });
  const [folder = ""] = readdirSync(join(cache, "manyhands"));
  const built = () => readdirSync(join(cache, "manyhands", folder)).toSorted();
  expect(built()).toEqual(expect.arrayContaining(["cli", "stamp.json", "wasm", "worker"]));
  expect(checkout.files()).toEqual(before);
  // The built program, with its threads and with what is not bundled.
  const files = built();
  for (const engine of ["local", "threads"])
    expect(await checkout.run(cache, "run", "--engine", engine)).toMatchObject({
      code: 0,
      stderr: "",
    });
  expect((await checkout.run(cache, "doctor")).stderr).not.toContain("Cannot find");
  expect(built()).toEqual(files);
});

test.each([
  ["--quiet", "serial"],
  ["--json", "local"],
])("with %s, engine %s says nothing of what it builds", async (silent, engine) => {
  const checkout = unwritableCheckout();
  const run = await checkout.run(temporaryFolder(), "run", "--size", "20", "--engine", engine, silent);
  expect(run).toMatchObject({ code: 0, stderr: "" });
});
