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

describe("settings", () => {
  test("without properties they are the defaults", () => {
    expect(checkSettings({})).toEqual(DEFAULTS);
    expect(DEFAULTS).toMatchObject({
      maxConcurrency: 900,
      workerMemoryMb: 1769,
      architecture: Architecture.ARM_64,
      monitoring: true,
      removeObjects: false,
    });
    expect(DEFAULTS.workerTimeout.toSeconds()).toBe(60);
    expect(DEFAULTS.messageRetention.toDays()).toBe(4);
  });

  test("an undefined property is as good as none", () => {
    const props = { maxConcurrency: undefined } as unknown as FanOutProps;
    expect(checkSettings(props).maxConcurrency).toBe(DEFAULTS.maxConcurrency);
  });

  test.each<FanOutProps>([
    { maxConcurrency: 2 },
    { maxConcurrency: 1000 },
    { workerMemoryMb: 128 },
    { workerMemoryMb: 10_240 },
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
    [{ workerMemoryMb: 127 }, "workerMemoryMb to be a whole number from 128 to 10240, got `127`"],
    [{ workerMemoryMb: 10_241 }, "workerMemoryMb to be a whole number from 128 to 10240, got `10241`"],
    [{ workerMemoryMb: 1769.5 }, "workerMemoryMb to be a whole number from 128 to 10240, got `1769.5`"],
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
    expect(() => place(() => ({ workerMemoryMb: 1 }))).toThrow(SettingError);
  });
});
