import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { inspect, promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { withRedis } from "../../client/redis/redis-remote.ts";
import { ConnectionLostError } from "../../client/remote/patience.ts";
import { connect } from "../../shared/ports/redis/connection.ts";
import { openRedis } from "../../shared/ports/redis/redis-ports.ts";
import { redisPlace } from "../../shared/ports/redis/redis-url.ts";
import { InvalidInputError } from "../../shared/validation/errors.ts";
import { startCli } from "../helpers/cli.ts";
import { cuttableLine } from "../helpers/cuttable-line.ts";
import { emptyHub, hubAt } from "../helpers/redis-hub.ts";
import { noRedis, redisServer } from "../helpers/redis-server.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const WAIT_MS = 20_000;
const WITHIN = { timeout: 30_000 };
const SECRET = "s3cret/pass#word";

/** Why it does not open; never with the password, however it is printed. */
async function refused(url: string, password?: string): Promise<string> {
  const error = await openRedis(redisPlace(url, password)).then(
    async (hub) => {
      await hub.close();
      throw new Error("Expected no connection.");
    },
    (refusal: unknown) => refusal,
  );
  expect(error).toBeInstanceOf(InvalidInputError);
  expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain(SECRET);
  return (error as Error).message;
}

/** A line to it that can be cut. */
async function behindALine() {
  const server = await redisServer();
  return { server, line: await cuttableLine(server.port) };
}

describe.skipIf(noRedis)("a Redis", () => {
  test("that is not there, does not know the password, or wants one is refused by a sentence without the password", async () => {
    const { port, kill } = await redisServer(["--requirepass", SECRET]);
    const at = `redis://127.0.0.1:${port}`;
    const hint = "The user is in the URL, the password there or in REDIS_PASSWORD.";
    expect(await refused(at)).toBe(
      `Expected Redis at ${at} to be open without a password, got a refusal (NOAUTH). ${hint}`,
    );
    expect(await refused(`redis://:wrong-${encodeURIComponent(SECRET)}@127.0.0.1:${port}`)).toBe(
      `Expected Redis at ${at} to be open to this user and password, got a refusal (WRONGPASS). ${hint}`,
    );
    expect(await refused(`redis://boss@127.0.0.1:${port}`, SECRET)).toContain("redis://boss@127.0.0.1");
    await (await openRedis(redisPlace(at, SECRET))).close();
    await kill();
    expect(await refused(at, SECRET)).toBe(
      `Expected Redis at ${at} to be there, got connect ECONNREFUSED 127.0.0.1:${port}.`,
    );
  });

  test("a store's folder that cannot be made is refused, and named nowhere: another one may be", async () => {
    const { url } = await redisServer();
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    // Below /proc a folder cannot be made, and Node's own recursive mkdir never says so.
    for (const [store, code] of [
      ["/proc/none/jobs", "ENOENT"],
      [file, "ENOTDIR"],
    ] as const)
      await expect(openRedis(redisPlace(url), { store })).rejects.toThrow(
        `Expected --store to be a folder that can be written to, got ${JSON.stringify(store)} (${code}).`,
      );
    const hub = await openRedis(redisPlace(url), { store: join(temporaryFolder(), "jobs") });
    await hub.close();
  });

  test("a store's folder that is not mounted on this machine is no empty one: a worker is refused, a client told", async () => {
    const { url } = await redisServer();
    const folder = join(temporaryFolder(), "share");
    const hub = await openRedis(redisPlace(url), { store: folder });
    onTestFinished(() => hub.close());
    await hub.store.put("jobs/j/job.json", Buffer.from("{}"));
    expect(await hub.store.get("jobs/none/job.json")).toBeUndefined();
    renameSync(folder, `${folder}-elsewhere`);
    mkdirSync(folder);
    const sentence = `to be the folder that all machines share, got ${JSON.stringify(folder)}, which has no .manyhands-store: it is not mounted here, or is another folder.`;
    for (const options of [{ store: folder }, { isPatient: true }])
      await expect(openRedis(redisPlace(url), options)).rejects.toThrow(`Expected --store ${sentence}`);
    const client = await openRedis(redisPlace(url));
    onTestFinished(() => client.close());
    for (const { store } of [client, hub]) {
      await expect(store.get("jobs/j/job.json")).rejects.toThrow(`Expected the store ${sentence}`);
      await expect(store.put("jobs/k/job.json", Buffer.from("{}"))).rejects.toThrow(sentence);
      await expect(store.list("jobs/")[Symbol.asyncIterator]().next()).rejects.toThrow(sentence);
    }
    expect(readdirSync(folder)).toEqual([]);
    rmdirSync(folder);
    renameSync(`${folder}-elsewhere`, folder);
    expect(`${await client.store.get("jobs/j/job.json")}`).toBe("{}");
  });

  test("that evicts keys, or has no memory limit and could, is refused only where it would", async () => {
    const { url, port } = await redisServer(["--maxmemory-policy", "allkeys-lru"]);
    const hub = await openRedis(redisPlace(url));
    await hub.redis.config("SET", "maxmemory", "100mb");
    await hub.close();
    expect(await refused(url)).toBe(
      `Expected Redis at redis://127.0.0.1:${port} to be one that evicts nothing (maxmemory-policy noeviction), got maxmemory-policy allkeys-lru.`,
    );
  });

  test("that takes commands by TLS is spoken to by TLS, with a certificate of one's own", async () => {
    const folder = temporaryFolder();
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-keyout",
        key,
        "-out",
        cert,
        ...subject,
      ],
      { stdio: "pipe" },
    );
    const { port } = await redisServer((port) => [
      ...["--port", "0", "--tls-port", `${port}`, "--tls-cert-file", cert, "--tls-key-file", key],
      ...["--tls-ca-cert-file", cert, "--tls-auth-clients", "no"],
    ]);
    const program = `
      import { openRedis } from ${JSON.stringify(join(import.meta.dirname, "../../shared/ports/redis/redis-ports.ts"))};
      import { redisPlace } from ${JSON.stringify(join(import.meta.dirname, "../../shared/ports/redis/redis-url.ts"))};
      for (const host of ["localhost", "127.0.0.1"]) {
        const hub = await openRedis(redisPlace(\`rediss://\${host}:${port}\`));
        await hub.chunks.send(["a"]);
        console.log((await hub.chunks.receive(1, 1000)).map(({ body }) => body));
        await hub.close();
      }`;
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: cert };
    const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], { env });
    expect((await run).stdout).toBe("[ 'a' ]\n[ 'a' ]\n");
    expect(await refused(`rediss://127.0.0.1:${port}`)).toContain("self-signed certificate");
    expect(await refused(`redis://127.0.0.1:${port}`)).toContain(
      "A port with TLS takes rediss:// in place of redis://.",
    );
    const plain = await redisServer();
    expect(await refused(plain.url.replace("redis:", "rediss:"))).toContain(
      "A port without TLS takes redis:// in place of rediss://.",
    );
  });

  test("that lost its power is used on when it is back, with all that it had said it had", async () => {
    const server = await redisServer();
    const news: string[] = [];
    const hub = await emptyHub(server, {
      onLost: (text) => news.push(text),
      onBack: (text) => news.push(text),
    });
    await hub.chunks.send(["a", "b", "c"], {});
    await hub.results.send(["later"], { delaySeconds: 600 });
    await hub.store.put("jobs/a/job.json", Buffer.from("{}"));
    const [held] = await hub.chunks.receive(1, 0);
    await server.kill();
    const sending = hub.chunks.send(["d"]);
    const receiving = hub.chunks.receive(10, WAIT_MS);
    await server.start();
    await sending;
    expect(
      [...(await receiving), ...(await hub.chunks.receive(10, 0))].map(({ body }) => body).toSorted(),
    ).toEqual(["b", "c", "d"]);
    await hub.chunks.acknowledge(held ? [held] : []);
    expect((await hub.chunks.depth()).inFlight).toBe(3);
    expect((await hub.results.depth()).delayed).toBe(1);
    expect(await hub.store.get("jobs/a/job.json")).toEqual(Buffer.from("{}"));
    const at = `Redis at ${server.url}`;
    expect(news).toEqual([
      expect.stringMatching(
        new RegExp(`^${at} is out of reach \\(.*\\); trying again until it is there\\.$`),
      ),
      `${at} is there again.`,
    ]);
  });

  test("whose cable is cut is used on over a new connection, by receivers and senders that noticed nothing", async () => {
    const { server, line } = await behindALine();
    const far = await hubAt(line);
    const lost = Promise.withResolvers<void>();
    const near = await hubAt(server);
    const waiting = await hubAt(line, { onLost: () => lost.resolve() });
    const receiving = far.chunks.receive(1, WAIT_MS);
    await waiting.chunks.depth();
    line.cut();
    const depth = waiting.chunks.depth();
    await lost.promise;
    await near.chunks.send(["a"]);
    line.mend();
    expect(await receiving).toMatchObject([{ body: "a" }]);
    expect(await depth).toBeDefined();
  }, 60_000);

  test("whose answer with messages is lost gives them again at once, as a first delivery", async () => {
    const { server, line } = await behindALine();
    const near = await hubAt(server);
    const far = await hubAt(line);
    await far.chunks.receive(1, 0);
    await near.chunks.send(["held", "a", "b"]);
    const [held] = await far.chunks.receive(1, 0);
    line.loseAnswer();
    // The command is repeated over the next connection, and gives nothing that is with a receiver.
    const messages = [...(await far.chunks.receive(10, 0)), ...(await far.chunks.receive(10, WAIT_MS))];
    expect(messages.map(({ body, receiveCount }) => `${body} ${receiveCount}`)).toEqual(["a 1", "b 1"]);
    expect(held).toMatchObject({ body: "held" });
    expect((await near.chunks.depth()).inFlight).toBe(3);
  });

  test("that stays away is given up by a client, with a sentence, and waited for by a worker", async () => {
    const server = await redisServer();
    const worker = await hubAt(server, { isPatient: true });
    const told: boolean[] = [];
    const client = withRedis(
      { redis: server.url },
      async (remote) => {
        remote.onLost?.((isLost) => told.push(isLost));
        await server.kill();
        await remote.queues({ declaration: undefined });
      },
      { patienceMs: 300 },
    );
    const error = await client.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConnectionLostError);
    expect((error as Error).message).toBe(
      `Expected Redis at ${server.url} to be there again within 1 min, got connect ECONNREFUSED 127.0.0.1:${server.port}.`,
    );
    expect(told).toEqual([true]);
    const depth = worker.chunks.depth();
    await server.start();
    expect(await depth).toEqual({ waiting: 0, inFlight: 0, delayed: 0 });
  });

  test("that does not answer has its connection reset, so that nothing of it is carried out later", async () => {
    const ended = Promise.withResolvers<string>();
    const info = "redis_version:7.2.4\r\nloading:0";
    const server = createServer((socket) => {
      socket.once("data", () => socket.write(`$${info.length}\r\n${info}\r\n`));
      socket.on("end", () => ended.resolve("closed"));
      socket.on("error", ({ code }: NodeJS.ErrnoException) => ended.resolve(code ?? ""));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    const news: string[] = [];
    const redis = connect(redisPlace(`redis://127.0.0.1:${typeof address === "object" && address?.port}`), {
      onLost: (text) => news.push(text),
    });
    onTestFinished(() => redis.disconnect());
    redis.ping().catch(() => {});
    expect(await ended.promise).toBe("ECONNRESET");
    await expect.poll(() => news[0]).toContain("(no answer for 5 s)");
  });

  test("that is gone, and not yet missed, keeps a user from closing for no longer than it takes to miss it", async () => {
    const { server, line } = await behindALine();
    const [far, near] = [await openRedis(redisPlace(line.url)), await openRedis(redisPlace(server.url))];
    line.cut();
    const begunMs = performance.now();
    await far.close();
    expect(performance.now() - begunMs).toBeGreaterThan(1000); // it had not been missed before
    await Promise.all([server.kill(), near.close()]);
  }, 20_000);

  test("is waited for by a worker, which is told so once, and waits no longer when it is to end", async () => {
    const server = await redisServer();
    await server.kill();
    const news: string[] = [];
    const options = { isPatient: true, onLost: (text: string) => news.push(text) };
    const opening = hubAt(server, options);
    const stop = new AbortController();
    const stopped = openRedis(redisPlace(server.url), { isPatient: true, signal: stop.signal });
    stop.abort(new Error("to end"));
    await expect(stopped).rejects.toThrow("to end");
    await expect.poll(() => news).toHaveLength(1);
    await server.start();
    const hub = await opening;
    expect(await hub.chunks.send(["a"])).toBe(1);
    expect(news).toHaveLength(1);
  });
});

test.skipIf(process.platform !== "linux")(
  "a password on the command line is taken from there at once, where the system can",
  async () => {
    const { child } = startCli([
      "worker",
      "--queue",
      `redis://hand:${encodeURIComponent(SECRET)}@127.0.0.1:1`,
    ]);
    onTestFinished(() => void child.kill("SIGKILL"));
    await expect
      .poll(() => readFileSync(`/proc/${child.pid}/cmdline`, "utf8"), WITHIN)
      .toMatch(/redis:\/\/hand:\*\*\*@127\.0\.0\.1/);
    expect(readFileSync(`/proc/${child.pid}/cmdline`, "utf8")).not.toContain("s3cret");
  },
);

test("an old Redis, a replica and a cluster are refused by what they say of themselves", async () => {
  const saying = async (info: string) => {
    const server = createServer((socket) =>
      socket.on("error", () => {}).on("data", () => socket.write(`$${info.length}\r\n${info}\r\n`)),
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    return refused(`redis://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  };
  expect(await saying("redis_version:6.2.14\r\n")).toMatch(
    / to be Redis 7 or later, or Valkey, got Redis 6\.2\.14\.$/,
  );
  expect(
    await saying("redis_version:7.2.4\r\nvalkey_version:8.1.0\r\nrole:slave\r\nmaster_host:a\r\n"),
  ).toMatch(/ to be the primary, got a replica\.$/);
  expect(await saying("redis_version:8.0.1\r\ncluster_enabled:1\r\n")).toMatch(
    / to be one server, got a cluster\.$/,
  );
});
