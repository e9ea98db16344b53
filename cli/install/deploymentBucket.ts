/** The bucket from which CloudFormation reads the template, and Lambda the code. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  DeleteObjectsCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { CloudFormationTemplate } from '@forseti/embedded-cloud';
import { chunks } from '../../lib/aws/chunks';
import { type Asset, assetsFolder } from './stackFiles';

/** DeleteObjects takes so many keys. */
const maxKeys = 1_000;
const atOnce = 5;

const keysIn = async (client: S3Client, Bucket: string, Prefix = ''): Promise<string[]> => {
  const keys: string[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket, ...(Prefix && { Prefix }) }))
    for (const { Key: key } of page.Contents ?? []) if (key !== undefined) keys.push(key);
  return keys;
};

/**
 * Puts the code and the template into the bucket. Code whose key is there already is the same, since keys are made of
 * contents.
 * @returns the template's address
 */
export const uploadStack = async (
  client: S3Client,
  bucket: string,
  {
    template,
    assets,
    region,
  }: {
    readonly template: CloudFormationTemplate;
    readonly assets: readonly Asset[];
    readonly region: string;
  },
): Promise<string> => {
  const there = new Set(await keysIn(client, bucket, `${assetsFolder}/`));
  const missing = assets.filter(({ key }) => !there.has(key));
  for (const some of chunks(missing, atOnce))
    await Promise.all(
      some.map(async ({ key, file }) =>
        client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: await readFile(file),
            ContentType: 'application/zip',
          }),
        ),
      ),
    );
  const body = JSON.stringify(template);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 32);
  const key = `${assetsFolder}/${hash}/template.json`;
  await client.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: 'application/json' }),
  );
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://s3.${region}.${domain}/${bucket}/${key}`;
};

/** Deletes all objects. A bucket that is gone already is empty. */
export const emptyBucket = async (client: S3Client, bucket: string): Promise<void> => {
  try {
    for (const keys of chunks(await keysIn(client, bucket), maxKeys))
      await client.send(
        new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }),
      );
  } catch (error) {
    if ((error as Error).name !== 'NoSuchBucket') throw error;
  }
};
