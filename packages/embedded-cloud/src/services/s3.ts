/** As much of S3 as an installation needs: a bucket that takes templates and code. Versions are not modelled. */
import { createHash } from 'node:crypto';
import type {
  DeleteBucketCommandInput,
  DeleteObjectCommandInput,
  DeleteObjectsCommandInput,
  DeleteObjectsCommandOutput,
  HeadBucketCommandInput,
  HeadObjectCommandInput,
  HeadObjectCommandOutput,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
  PutObjectCommandInput,
  PutObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { unzipSync } from 'fflate';
import { AwsError } from '../core/errors';
import type { Action, Region, Service } from '../core/service';
import type { Bucket, S3State, StoredObject } from '../s3/state';

declare module '../core/service' {
  interface Services {
    s3: S3Service;
  }
}

export interface S3Service extends Service<S3State> {
  /** Undefined if there is no such bucket or object. */
  object(bucket: string, key: string): StoredObject | undefined;
  /** Makes a bucket; one that exists stays as it is. */
  createBucket(name: string): void;
  /** @throws AwsError BucketNotEmpty */
  deleteBucket(name: string): void;
}

type Answer<Output> = Omit<Output, '$metadata'>;

/** ListObjectsV2 returns so many keys. */
const maxKeys = 1_000;
/** Larger texts are nobody's template: CloudFormation takes up to 1 MB. */
const maxTextBytes = 1_048_576;

const objectArn = (bucket = '', key = '*') => `arn:aws:s3:::${bucket}/${key}`;

const bucketOf = ({ buckets }: S3State, name = ''): Bucket => {
  const found = buckets[name];
  if (!found) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', { statusCode: 404 });
  return found;
};

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

const entriesOf = (bytes: Uint8Array): readonly string[] => {
  const names: string[] = [];
  unzipSync(bytes, {
    filter: ({ name }) => {
      names.push(name);
      return false;
    },
  });
  return names;
};

const storedOf = (body: unknown, modifiedAt: number): StoredObject => {
  const bytes =
    typeof body === 'string' ? new TextEncoder().encode(body) : ((body ?? new Uint8Array()) as Uint8Array);
  if (!ArrayBuffer.isView(bytes))
    throw new AwsError(
      'NotImplemented',
      'The embedded cloud takes objects as text or bytes, not as streams.',
    );
  const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
  const kept = isZip(bytes)
    ? { entries: entriesOf(bytes) }
    : bytes.byteLength <= maxTextBytes
      ? { text: new TextDecoder().decode(bytes) }
      : {};
  return { size: bytes.byteLength, modifiedAt, etag, ...kept };
};

const headBucket: Action<HeadBucketCommandInput, object> = {
  requires: ({ Bucket }) => [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${Bucket ?? ''}` }],
  run: ({ Bucket }, region) => {
    // A HEAD has no body, so that S3 can name no code.
    if (!region.service('s3').state.buckets[Bucket ?? ''])
      throw new AwsError('NotFound', 'Not Found', { statusCode: 404 });
    return { BucketRegion: region.name };
  },
};

const putObject: Action<PutObjectCommandInput, Answer<PutObjectCommandOutput>> = {
  requires: ({ Bucket, Key }) => [{ action: 's3:PutObject', resource: objectArn(Bucket, Key) }],
  run: ({ Bucket, Key = '', Body }, region) => {
    const { objects } = bucketOf(region.service('s3').state, Bucket);
    const stored = storedOf(Body, region.now());
    objects[Key] = stored;
    return { ETag: stored.etag };
  },
};

const headObject: Action<HeadObjectCommandInput, Answer<HeadObjectCommandOutput>> = {
  requires: ({ Bucket, Key }) => [{ action: 's3:GetObject', resource: objectArn(Bucket, Key) }],
  run: ({ Bucket, Key }, region) => {
    const found = region.service('s3').object(Bucket ?? '', Key ?? '');
    if (!found) throw new AwsError('NotFound', 'Not Found', { statusCode: 404 });
    return { ContentLength: found.size, ETag: found.etag, LastModified: new Date(found.modifiedAt) };
  },
};

const listObjects: Action<ListObjectsV2CommandInput, Answer<ListObjectsV2CommandOutput>> = {
  requires: ({ Bucket }) => [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${Bucket ?? ''}` }],
  run: ({ Bucket, Prefix = '', ContinuationToken, StartAfter = '', MaxKeys = maxKeys }, region) => {
    const { objects } = bucketOf(region.service('s3').state, Bucket);
    const from = ContinuationToken ?? StartAfter;
    // S3 sorts keys by their bytes.
    const all = Object.keys(objects)
      .filter((key) => key.startsWith(Prefix) && key > from)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const page = all.slice(0, Math.min(MaxKeys, maxKeys));
    const isTruncated = page.length < all.length;
    return {
      Name: Bucket,
      Prefix,
      KeyCount: page.length,
      MaxKeys,
      IsTruncated: isTruncated,
      Contents: page.map((Key) => {
        const { size, etag, modifiedAt } = objects[Key] ?? { size: 0, etag: '', modifiedAt: 0 };
        return { Key, Size: size, ETag: etag, LastModified: new Date(modifiedAt) };
      }),
      ...(isTruncated && { NextContinuationToken: page.at(-1) }),
    };
  },
};

const deleteBucketAction: Action<DeleteBucketCommandInput, object> = {
  requires: ({ Bucket }) => [{ action: 's3:DeleteBucket', resource: `arn:aws:s3:::${Bucket ?? ''}` }],
  run: ({ Bucket = '' }, region) => {
    bucketOf(region.service('s3').state, Bucket);
    region.service('s3').deleteBucket(Bucket);
    return {};
  },
};

/** Deleting what is not there is no error. */
const deleteObject: Action<DeleteObjectCommandInput, object> = {
  requires: ({ Bucket, Key }) => [{ action: 's3:DeleteObject', resource: objectArn(Bucket, Key) }],
  run: ({ Bucket, Key = '' }, region) => {
    Reflect.deleteProperty(bucketOf(region.service('s3').state, Bucket).objects, Key);
    return {};
  },
};

const deleteObjects: Action<DeleteObjectsCommandInput, Answer<DeleteObjectsCommandOutput>> = {
  requires: ({ Bucket }) => [{ action: 's3:DeleteObject', resource: objectArn(Bucket) }],
  run: ({ Bucket, Delete }, region) => {
    const { objects } = bucketOf(region.service('s3').state, Bucket);
    const keys = (Delete?.Objects ?? []).map(({ Key = '' }) => Key);
    if (keys.length === 0 || keys.length > maxKeys)
      throw new AwsError(
        'MalformedXML',
        'The XML you provided was not well-formed or did not validate against our published schema',
      );
    for (const key of keys) Reflect.deleteProperty(objects, key);
    return { Deleted: keys.map((Key) => ({ Key })) };
  },
};

export const makeS3 = (region: Region): S3Service => {
  const service: S3Service = {
    state: { buckets: {} },
    actions: {
      DeleteBucket: deleteBucketAction,
      DeleteObject: deleteObject,
      DeleteObjects: deleteObjects,
      HeadBucket: headBucket,
      HeadObject: headObject,
      ListObjectsV2: listObjects,
      PutObject: putObject,
    },
    due: (kind) => {
      throw new Error(`S3 puts nothing on the agenda, got ${kind}.`);
    },
    object: (bucket, key) => service.state.buckets[bucket]?.objects[key],
    createBucket: (name) => {
      service.state.buckets[name] ??= { createdAt: region.now(), objects: {} };
    },
    deleteBucket: (name) => {
      if (Object.keys(service.state.buckets[name]?.objects ?? {}).length > 0)
        throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', {
          statusCode: 409,
        });
      Reflect.deleteProperty(service.state.buckets, name);
    },
  };
  return service;
};
