import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runCli } from "../helpers/cli.ts";
import { deploymentServer, NO_AWS } from "../helpers/deployment-server.ts";
import { computeInto } from "../helpers/remote.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const KEYS = {
  ...{ ...NO_AWS, AWS_REGION: "eu-west-3", AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" },
  AWS_MAX_ATTEMPTS: "1",
};

const NO_KEYS = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };

/** A proxy that leads every request for plain HTTP to one server, and refuses to build tunnels. */
async function proxyTo(port: number) {
  const asked: string[] = [];
  const proxy = createServer((incoming, outgoing) => {
    const { method, url = "", headers } = incoming;
    const { host, pathname, search } = new URL(url);
    asked.push(`${method} ${host}`);
    // The embedded S3 would take a name of a host for a bucket's.
    const to = { port, host: "127.0.0.1", method, path: pathname + search };
    const onward = request({ ...to, headers: { ...headers, host: `127.0.0.1:${port}` } }, (answer) =>
      answer.pipe(outgoing.writeHead(answer.statusCode ?? 500, answer.headers)),
    );
    incoming.pipe(onward).on("error", () => outgoing.destroy());
  });
  proxy.on("connect", ({ url }, socket) => {
    asked.push(`CONNECT ${url}`);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { asked, address: `127.0.0.1:${(proxy.address() as AddressInfo).port}` };
}

test("an endpoint by its name serves buckets and queues, whatever host the queues' addresses have", async () => {
  const { env, port, folder, requests } = await deploymentServer();
  await computeInto(folder, "j1");
  const endpoint = { ...env, AWS_ENDPOINT_URL: `http://localhost:${port}` };
  const { code, stdout, stderr } = await runCli(["status", "j1", "--engine", "aws"], { env: endpoint });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^j1: complete/);
  expect(requests).toContain("sqs POST /");
  expect(requests.some((line) => line.startsWith("s3 GET /manyhands/"))).toBe(true);
});

test("so does one that only a profile names", async () => {
  const { env, port, folder } = await deploymentServer();
  await computeInto(folder, "j1");
  const config = join(temporaryFolder(), "config");
  writeFileSync(config, `[profile here]\nendpoint_url = http://localhost:${port}\n`);
  const profile = { ...env, ...NO_KEYS, AWS_ENDPOINT_URL: "", AWS_CONFIG_FILE: config, AWS_PROFILE: "here" };
  writeFileSync(`${config}-keys`, "[here]\naws_access_key_id = id\naws_secret_access_key = secret\n");
  const keys = { ...profile, AWS_SHARED_CREDENTIALS_FILE: `${config}-keys` };
  const { code, stderr } = await runCli(["status", "j1", "--engine", "aws"], { env: keys });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("requests go through HTTP_PROXY and HTTPS_PROXY, but for what NO_PROXY names and this machine", async () => {
  const { env, port, folder } = await deploymentServer();
  await computeInto(folder, "j1");
  const { asked, address } = await proxyTo(port);
  const far = "http://deployment.test";
  const proxied = { ...env, AWS_ENDPOINT_URL: far, http_proxy: `http://${address}` };
  expect(await runCli(["status", "j1", "--engine", "aws"], { env: proxied })).toMatchObject({
    code: 0,
    stderr: "",
  });
  expect(new Set(asked)).toEqual(new Set(["POST deployment.test", "GET deployment.test"]));

  asked.length = 0;
  const { code, stderr } = await runCli(["status", "j1", "--engine", "aws"], {
    env: { ...KEYS, HTTPS_PROXY: address },
  });
  expect(asked).toEqual(["CONNECT cloudformation.eu-west-3.amazonaws.com:443"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Expected eu-west-3 to answer, got ERR_PROXY_TUNNEL: check .*HTTPS_PROXY/);

  asked.length = 0;
  const spared = { ...KEYS, AWS_ENDPOINT_URL: far, HTTP_PROXY: address, NO_PROXY: "other.test,.test" };
  expect((await runCli(["status", "j1", "--engine", "aws"], { env: spared })).code).toBe(2);
  const here = { ...env, HTTP_PROXY: address, AWS_ENDPOINT_URL: `http://localhost:${port}` };
  expect((await runCli(["status", "j1", "--engine", "aws"], { env: here })).code).toBe(0);
  expect(asked).toEqual([]);
});

test("single sign-on goes through the proxy too", async () => {
  const { asked, address } = await proxyTo(0);
  const home = temporaryFolder();
  const start = "https://sign-in.test/start";
  const profile = [
    ...["[profile sso]", `sso_start_url = ${start}`, "sso_region = eu-west-3"],
    ...["sso_account_id = 1", "sso_role_name = r"],
  ];
  writeFileSync(join(home, "config"), profile.join("\n"));
  // As `aws sso login` leaves it: https://docs.aws.amazon.com/sdkref/latest/guide/understanding-sso.html
  const cache = join(home, ".aws/sso/cache");
  mkdirSync(cache, { recursive: true });
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const token = join(cache, `${createHash("sha1").update(start).digest("hex")}.json`);
  writeFileSync(token, JSON.stringify({ accessToken: "token", expiresAt }));
  const settings = { HOME: home, AWS_CONFIG_FILE: join(home, "config"), AWS_PROFILE: "sso" };
  const env = { ...KEYS, ...NO_KEYS, ...settings, HTTPS_PROXY: address };
  expect((await runCli(["status", "j1", "--engine", "aws"], { env })).code).toBe(2);
  expect(new Set(asked)).toEqual(new Set(["CONNECT portal.sso.eu-west-3.amazonaws.com:443"]));
});

test("a proxy that is none is a sentence, without the password it may have", async () => {
  const { code, stderr } = await runCli(["status", "j1", "--engine", "aws"], {
    env: { ...KEYS, HTTPS_PROXY: "socks5://u:secret@h:1" },
  });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr:
      'Expected HTTPS_PROXY to be an address such as http://proxy.example.com:8080, got "socks5://h:1".\n',
  });
});
