import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { freePort } from "../../tools/localstack/port.ts";
import { listening } from "./redis-server.ts";
import { temporaryFolder } from "./temporary.ts";

const SSHD = "/usr/sbin/sshd";

/** Why suites that need an sshd are skipped here; undefined where one can be started. */
export const noSshd: string | undefined = !existsSync(SSHD)
  ? "no sshd is installed (Debian: apt-get install openssh-server)"
  : process.getuid?.() !== 0
    ? "only root starts an sshd that lets users in"
    : spawnSync("ssh", ["-V"]).error && "no ssh is on PATH";
if (noSshd) console.warn(`Skipped: ${noSshd}`);

/** An sshd of this test's own on 127.0.0.1, which lets in the one key that is made for it; `options` are what ssh takes after -o to reach it. */
export async function sshServer() {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const key = (name: string) => {
    const { status, stderr } = spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", at(name)]);
    if (status !== 0) throw new Error(`ssh-keygen: ${stderr}`);
    return at(name);
  };
  const [hostKey, userKey] = [key("host"), key("user")];
  writeFileSync(at("authorized"), spawnSync("ssh-keygen", ["-y", "-f", userKey]).stdout, { mode: 0o600 });
  chmodSync(folder, 0o700);
  mkdirSync("/run/sshd", { recursive: true }); // Debian's sshd drops its rights there
  const port = await freePort();
  const settings = {
    ...{ Port: port, ListenAddress: "127.0.0.1", HostKey: hostKey, AuthorizedKeysFile: at("authorized") },
    ...{ PasswordAuthentication: "no", KbdInteractiveAuthentication: "no", UsePAM: "no", StrictModes: "no" },
    ...{ PidFile: "none", PermitRootLogin: "prohibit-password", AllowTcpForwarding: "no" },
  };
  writeFileSync(
    at("config"),
    Object.entries(settings)
      .map(([name, value]) => `${name} ${value}\n`)
      .join(""),
  );
  const child = spawn(SSHD, ["-D", "-e", "-f", at("config")], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-4000);
  });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  await listening(port, () => {
    if (child.exitCode !== null) throw new Error(`sshd ended: ${log}`);
  });
  const options = [
    ...[`Port=${port}`, `IdentityFile=${userKey}`, "IdentitiesOnly=yes", "StrictHostKeyChecking=no"],
    ...[`UserKnownHostsFile=${at("known")}`, "LogLevel=ERROR"],
  ];
  return { pid: child.pid ?? 0, options, log: () => log };
}
