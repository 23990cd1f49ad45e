import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../helpers/temporary.ts";

const AUDIT = join(import.meta.dirname, "../../tools/audit.ts");

/** The audit against a registry that answers every request for advisories so. */
async function audited(status: number, advisories: object) {
  const server = createServer((request, response) => {
    response.writeHead(request.method === "POST" ? status : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(request.method === "POST" ? advisories : {}));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { ...process.env, npm_config_registry: registry, npm_config_cache: temporaryFolder() };
  return new Promise<{ code: number; said: string }>((resolve) => {
    execFile(process.execPath, [AUDIT], { env }, (error, stdout) =>
      resolve({ code: error ? Number(error.code) : 0, said: stdout }),
    );
  });
}

const advisory = (severity: string) => ({
  valibot: [
    {
      ...{ id: 1, url: "https://example.org/1", title: "it parses too much", severity },
      vulnerable_versions: "<99.0.0",
    },
  ],
});

test("a registry that knows nothing bad of what is shipped", async () => {
  expect(await audited(200, {})).toEqual({
    code: 0,
    said: "0 known vulnerabilities in what is shipped, 0 of them high or critical\n",
  });
});

test("a vulnerability of high severity fails, one of moderate severity is named", async () => {
  const high = await audited(200, advisory("high"));
  expect(high).toMatchObject({
    code: 1,
    said: expect.stringMatching(/^high: valibot.*, it parses too much https/m),
  });
  const moderate = await audited(200, advisory("moderate"));
  expect(moderate).toMatchObject({ code: 0, said: expect.stringContaining("moderate: valibot") });
});

test("a registry that does not answer audits is no finding", async () => {
  const { code, said } = await audited(405, { message: "Method Not Allowed" });
  expect(code).toBe(0);
  expect(said).toMatch(/^The registry does not answer audits here: 405/);
});
