import { App, Duration, Stack } from "aws-cdk-lib";
import { Alias, Key } from "aws-cdk-lib/aws-kms";
import { Architecture } from "aws-cdk-lib/aws-lambda";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  checkSettings,
  DEFAULTS,
  type FanOutProps,
  SettingError,
  type StageOverrides,
} from "../../infra/settings.ts";
import { place, synthesize } from "./synthesize.ts";

const stack = new Stack(new App(), "Settings");
const alarmTopic = new Topic(stack, "Topic");
const alias = new Alias(stack, "Alias", { aliasName: "alias/mine", targetKey: new Key(stack, "Key") });

const pollersFit = (all: number, burst: number) =>
  `ten workers for each of them in maxConcurrency's ${all} without burstConcurrency's ${burst}`;

describe("settings", () => {
  test("without properties they are the defaults", () => {
    expect(checkSettings({})).toEqual({ ...DEFAULTS, burstConcurrency: 720 });
    expect(DEFAULTS).toMatchObject({
      maxConcurrency: 900,
      memoryMb: 1769,
      architecture: Architecture.ARM_64,
      monitoring: true,
      removeObjects: false,
    });
    expect(DEFAULTS.workerTimeout.toSeconds()).toBe(60);
    expect(DEFAULTS.messageRetention.toDays()).toBe(4);
  });

  test("four fifths of a fleet are the splitters' to start, and the mapping has two at least", () => {
    const burstOf = (maxConcurrency: number) => checkSettings({ maxConcurrency }).burstConcurrency;
    expect([2, 3, 4, 9, 10, 11, 1000].map(burstOf)).toEqual([0, 1, 2, 7, 8, 8, 800]);
  });

  test("with pollers kept ready nobody else starts workers, and as many pollers as fit may come", () => {
    const settings = checkSettings({ maxConcurrency: 105, provisionedPollers: { minimum: 3 } });
    expect(settings).toMatchObject({ burstConcurrency: 0, provisionedPollers: { minimum: 3, maximum: 10 } });
  });

  test("an undefined property is as good as none", () => {
    const props = { maxConcurrency: undefined } as unknown as FanOutProps;
    expect(checkSettings(props).maxConcurrency).toBe(DEFAULTS.maxConcurrency);
  });

  test.each<FanOutProps>([
    { maxConcurrency: 2 },
    { maxConcurrency: 1000 },
    { burstConcurrency: 0 },
    { burstConcurrency: 898 },
    { maxConcurrency: 2, burstConcurrency: 0 },
    { provisionedPollers: { minimum: 2, maximum: 90 } },
    { provisionedPollers: { minimum: 2, maximum: 18 }, burstConcurrency: 720 },
    { memoryMb: 128 },
    { memoryMb: 10_240 },
    { workerTimeout: Duration.seconds(5) },
    { workerTimeout: Duration.minutes(15) },
    { messageRetention: Duration.days(1) },
    { messageRetention: Duration.hours(30) },
    { messageRetention: Duration.days(13), resultRetention: Duration.days(14) },
    { resultRetention: Duration.days(5) },
    { alarmTopic, monitoring: true },
    { monitoring: false },
    { encryptionKey: alias.aliasTargetKey! },
  ])("%# is within the limits", (props) => {
    expect(checkSettings(props)).toMatchObject(props);
  });

  test.each<[FanOutProps, string]>([
    [{ maxConcurrency: 1 }, "maxConcurrency to be a whole number from 2 to 1000, got `1`"],
    [{ maxConcurrency: 1001 }, "maxConcurrency to be a whole number from 2 to 1000, got `1001`"],
    [{ maxConcurrency: 2.5 }, "maxConcurrency to be a whole number from 2 to 1000, got `2.5`"],
    [{ maxConcurrency: Number.NaN }, "maxConcurrency to be a whole number from 2 to 1000, got `NaN`"],
    [
      { burstConcurrency: 899 },
      "burstConcurrency to be a whole number from 0 to 898, which leaves the mapping 2 of maxConcurrency's 900, got `899`",
    ],
    [
      { maxConcurrency: 2, burstConcurrency: 1 },
      "burstConcurrency to be a whole number from 0 to 0, which leaves the mapping 2 of maxConcurrency's 2, got `1`",
    ],
    [
      { provisionedPollers: { minimum: 1 } },
      `provisionedPollers.minimum to be a whole number from 2 to 90, ${pollersFit(900, 0)}, got \`1\``,
    ],
    [
      { provisionedPollers: { minimum: 2, maximum: 91 } },
      `provisionedPollers.maximum to be a whole number from 2 to 90, ${pollersFit(900, 0)}, got \`91\``,
    ],
    [
      { provisionedPollers: { minimum: 20 }, burstConcurrency: 720 },
      `provisionedPollers.minimum to be a whole number from 2 to 18, ${pollersFit(900, 720)}, got \`20\``,
    ],
    [
      { provisionedPollers: { minimum: 2 }, maxConcurrency: 19 },
      "maxConcurrency to be at least 20 more than burstConcurrency, room for two provisionedPollers, got `19`",
    ],
    [{ memoryMb: 127 }, "memoryMb to be a whole number from 128 to 10240, got `127`"],
    [{ memoryMb: 10_241 }, "memoryMb to be a whole number from 128 to 10240, got `10241`"],
    [{ memoryMb: 1769.5 }, "memoryMb to be a whole number from 128 to 10240, got `1769.5`"],
    [{ workerTimeout: Duration.seconds(4) }, "workerTimeout to be from 5 to 900 seconds, got `4 seconds`"],
    [
      { workerTimeout: Duration.seconds(901) },
      "workerTimeout to be from 5 to 900 seconds, got `15 minutes 1 second`",
    ],
    [
      { workerTimeout: Duration.millis(7500) },
      "workerTimeout to be from 5 to 900 seconds, in whole seconds, got `7 seconds 500 millis`",
    ],
    [
      { messageRetention: Duration.millis(100_000_500) },
      "messageRetention to be from 1 to 13 days, in whole seconds, got `1 day 3 hours`",
    ],
    [{ messageRetention: Duration.hours(23) }, "messageRetention to be from 1 to 13 days, got `23 hours`"],
    [{ messageRetention: Duration.days(14) }, "messageRetention to be from 1 to 13 days, got `14 days`"],
    [
      { resultRetention: Duration.days(4) },
      "resultRetention to be a whole number of days and more than messageRetention's 4, got `4 days`",
    ],
    [
      { resultRetention: Duration.hours(100) },
      "resultRetention to be a whole number of days and more than messageRetention's 4, got `4 days 4 hours`",
    ],
    [
      { messageRetention: Duration.days(10), resultRetention: Duration.days(9) },
      "resultRetention to be a whole number of days and more than messageRetention's 10, got `9 days`",
    ],
    [{ alarmTopic, monitoring: false }, "monitoring to be true where there is an alarmTopic, got `false`"],
    [{ encryptionKey: alias }, "encryptionKey to be a key, got `an alias`"],
  ])("%# is refused with a sentence", (props, sentence) => {
    expect(() => checkSettings(props)).toThrow(SettingError);
    expect(() => checkSettings(props)).toThrow(`Expected ${sentence}.`);
  });

  test("a stage cannot be put into a VPC, where its role could not make a network interface", () => {
    // Checked by tsc.
    type OfVpc = `${string}${"vpc" | "Vpc" | "ubnet" | "ecurityGroup" | "utbound"}${string}`;
    expectTypeOf<Extract<keyof StageOverrides, OfVpc>>().toBeNever();
    expectTypeOf<StageOverrides>().toHaveProperty("environment");
  });

  test("the stack and the construct refuse as well, before they make anything", () => {
    expect(() => synthesize({ maxConcurrency: 0 })).toThrow(SettingError);
    expect(() => synthesize({ maxConcurrency: 0 })).toThrow(
      expect.objectContaining({ name: "SettingError" }),
    );
    expect(() => place(() => ({ memoryMb: 1 }))).toThrow(SettingError);
  });
});
