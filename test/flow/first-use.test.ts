import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../helpers/temporary.ts";
import { unwritableCheckout } from "../helpers/unwritable-checkout.ts";

test("what computes nothing builds nothing, in a checkout that cannot be written either", async () => {
  const cache = temporaryFolder();
  const checkout = unwritableCheckout();
  for (const command of ["--help", "--version", "kernels"])
    expect(await checkout.run(cache, command)).toMatchObject({ code: 0, stderr: "" });
  expect(readdirSync(cache, { recursive: true }).filter((name) => /wasm|program/.test(`${name}`))).toEqual(
    [],
  );
});

test("where nothing can be written at all there is one sentence", async () => {
  const cache = join(temporaryFolder(), "a file");
  writeFileSync(cache, "");
  const checkout = unwritableCheckout();
  for (const engine of ["serial", "local"]) {
    const { code, stdout, stderr } = await checkout.run(cache, "run", "--engine", engine);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^Expected the folder for what is built to be one that can be written to, got .*dist.* and .*a file\/.*\n$/,
    );
  }
});
