import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporary.ts";

/**
 * Settings of a profile whose program gives keys that last for so long from when it is asked, with another id each time: `id1`, `id2` … and always the same secret.
 * `looks` says how often it was asked. `renew` has it give keys that last for another time from now on; the SDK refuses those that have expired.
 */
export function expiringKeys(ms: number, secret = "secret") {
  const home = temporaryFolder();
  const [count, program, config] = ["count", "keys.sh", "config"].map((name) => join(home, name)) as [
    string,
    string,
    string,
  ];
  const keys = `"SecretAccessKey": "${secret}", "SessionToken": "token"`;
  const renew = (lastingMs: number) => {
    const seconds = `${lastingMs < 0 ? "" : "+"}${lastingMs / 1000}`;
    // GNU's date, or BSD's.
    const expiration = `date -u -d '${seconds} seconds' +%FT%TZ 2>/dev/null || date -u -v${seconds}S +%FT%TZ`;
    writeFileSync(
      program,
      `echo x >> ${count}
echo '{"Version": 1, "AccessKeyId": "id'$(grep -c x ${count})'", ${keys}, "Expiration": "'$(${expiration})'"}'
`,
    );
  };
  writeFileSync(count, "");
  renew(ms);
  writeFileSync(config, `[profile role]\ncredential_process = sh ${program}\n`);
  return {
    env: { HOME: home, AWS_CONFIG_FILE: config, AWS_PROFILE: "role" },
    looks: () => readFileSync(count, "utf8").split("\n").length - 1,
    renew,
  };
}
