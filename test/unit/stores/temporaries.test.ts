import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { CreateMultipartUploadCommand, UploadPartCommand } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test, vi } from "vitest";
import { FolderBucket } from "../../../client/local/folder-bucket.ts";
import { FileStore } from "../../../shared/ports/file/file-store.ts";
import { Folder } from "../../../shared/ports/file/folder.ts";
import { removeTemporaries } from "../../../shared/ports/file/temporaries.ts";
import { emulatedCloud } from "../../helpers/emulator.ts";
import { temporaryFolder } from "../../helpers/temporary.ts";

vi.mock("node:fs", async (load) => {
  const fs = await load<typeof import("node:fs")>();
  return { ...fs, writeSync: vi.fn(fs.writeSync), writeFileSync: vi.fn(fs.writeFileSync) };
});

const UPLOAD = "0b2e7d5c-9f3a-4c1d-8e6f-1a2b3c4d5e6f";
const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name);

/** The number of a process that has ended. */
const ended = () => spawnSync("true").pid;

test("what killed writers left is removed, however deep, and nothing else", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "array/escape_time/c/0"), { recursive: true });
  for (const name of [
    `result.npy.${ended()}-0-abc12345-0.tmp`,
    `array/escape_time/c/0/0.${ended()}-3-abc12345-17.tmp`,
    `array/escape_time/c/0/0.${process.pid}-0-otherlife-1.tmp`,
    `array/escape_time/c/0/1.${UPLOAD}.2.tmp`,
    `array/escape_time/c/0/1.${UPLOAD}.2.tmp.${ended()}-0-abc12345-4.tmp`,
  ])
    writeFileSync(join(folder, name), "left");
  for (const name of [
    "array/escape_time/c/0/0",
    "notes.tmp",
    "array/escape_time/c/0/1.tmp",
    "array/my.1-2.tmp",
  ])
    writeFileSync(join(folder, name), "kept");
  removeTemporaries(folder);
  expect(filesIn(folder).sort()).toEqual(["0", "1.tmp", "my.1-2.tmp", "notes.tmp"]);
});

test("no link is followed, and a folder that is not there is none to clear", () => {
  const [folder, elsewhere] = [temporaryFolder(), temporaryFolder()];
  const name = `0.${ended()}-0-abc12345-0.tmp`;
  writeFileSync(join(elsewhere, name), "theirs");
  symlinkSync(elsewhere, join(folder, "array"));
  removeTemporaries(folder);
  removeTemporaries(join(folder, "none"));
  expect(readdirSync(elsewhere)).toEqual([name]);
});

test("what a live process writes stays until that has let go of it; its number alone says nothing", async () => {
  const folder = temporaryFolder();
  const script = `exec 3> "result.npy.$$-0-abc12345-0.tmp"; : > "other.$$-0-abc12345-1.tmp"; echo; read line`;
  const writer = spawn("sh", ["-c", script], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  onTestFinished(() => void writer.kill());
  await once(writer.stdout, "data");
  removeTemporaries(folder);
  expect(readdirSync(folder)).toEqual([`result.npy.${writer.pid}-0-abc12345-0.tmp`]);
  writer.stdin.end("\n");
  await once(writer, "exit");
  removeTemporaries(folder);
  expect(readdirSync(folder)).toEqual([]);
});

/** A disk that is full after half of the next bytes. */
const fullDisk = () => {
  throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
};

test("a write that fails leaves nothing of it", async () => {
  const path = temporaryFolder();
  const folder = new Folder({ "": path });
  const parts = async function* () {
    yield Buffer.from("part");
  };
  vi.mocked(writeSync).mockImplementationOnce(fullDisk);
  await expect(new FileStore({ "": path }).putStream("npy", parts())).rejects.toThrow("ENOSPC");
  const bucket = new FolderBucket(folder);
  const upload = bucket.createMultipartUpload("", "big");
  bucket.uploadPart(upload, 1, Buffer.from("part"));
  vi.mocked(writeSync).mockImplementationOnce(fullDisk);
  expect(() => bucket.completeMultipartUpload(upload, [{ partNumber: 1 }])).toThrow("ENOSPC");
  bucket.abortMultipartUpload(upload);
  for (const write of ["write", "writeIfAbsent"] as const) {
    vi.mocked(writeFileSync).mockImplementationOnce(fullDisk);
    expect(() => folder[write]("chunk", Buffer.from("x"))).toThrow("ENOSPC");
  }
  mkdirSync(join(path, "taken"));
  const file = folder.open("taken");
  expect(() => file.commit()).toThrow("to be a file, got a folder");
  rmSync(join(path, "taken"), { recursive: true });
  expect(readdirSync(path)).toEqual([]);
});

test("parts of an upload that its worker never completed go with the embedded cloud", async () => {
  const { cloud, folder, s3 } = await emulatedCloud();
  const object = { Bucket: cloud.bucket, Key: "jobs/j/array/escape_time/c/0/0" };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(object));
  await s3.send(new UploadPartCommand({ ...object, UploadId, PartNumber: 1, Body: "part" }));
  expect(filesIn(folder)).toHaveLength(1);
  await cloud.close();
  expect(filesIn(folder)).toEqual([]);
});
