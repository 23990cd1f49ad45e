import { Duration, RemovalPolicy } from "aws-cdk-lib";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type LifecycleRule,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import type { Settings } from "./settings.ts";

/**
 * The bucket that stores jobs. It outlives the stack unless `removeObjects` is true: then a function of CDK's empties
 * it before CloudFormation removes it. (LocalStack runs no such functions, but removes buckets that are not empty.)
 */
export function makeBucket(scope: Construct, id: string, settings: Settings): Bucket {
  const { encryptionKey, removeObjects, resultRetention } = settings;
  return new Bucket(scope, id, {
    ...(removeObjects
      ? { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }
      : { removalPolicy: RemovalPolicy.RETAIN }),
    // Without a bucket key, S3 would send KMS a request for every chunk.
    ...(encryptionKey
      ? { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
      : { encryption: BucketEncryption.S3_MANAGED }),
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [
      ABANDONED_UPLOADS,
      // Uploaded kernels stay: a job that waits may need one that was uploaded long ago.
      ...(resultRetention
        ? [
            { id: "ExpiredResults", prefix: "jobs/", expiration: resultRetention },
            { id: "ExpiredRejected", prefix: "rejected/", expiration: resultRetention },
          ]
        : []),
    ],
  });
}

/** Removes parts of an upload that a dying function left behind: they are invisible, and cost as much as objects. */
const ABANDONED_UPLOADS: LifecycleRule = {
  id: "AbandonedUploads",
  abortIncompleteMultipartUploadAfter: Duration.days(1),
};
