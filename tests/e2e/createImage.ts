import type { EC2Client } from '@aws-sdk/client-ec2';
import { CreateTagsCommand, DescribeImagesCommand, type Tag } from '@aws-sdk/client-ec2';
import type { Played } from './proxy/server';

type Connect = (region: string) => EC2Client;

const specification = /^TagSpecification\.(\d+)\./;

/** Query's flat form of `TagSpecifications`, without those of snapshots. */
export const withoutSnapshotTags = (
  form: URLSearchParams,
): { readonly rest: URLSearchParams; readonly tags: Tag[] } => {
  const ofSnapshots = new Set(
    [...form].flatMap(([key, value]) =>
      key.endsWith('.ResourceType') && value === 'snapshot' ? [specification.exec(key)?.[1]] : [],
    ),
  );
  const isTheirs = (key: string): boolean => {
    const index = specification.exec(key)?.[1];
    return index !== undefined && ofSnapshots.has(index);
  };
  const rest = new URLSearchParams([...form].filter(([key]) => !isTheirs(key)));
  const tags = [...form]
    .filter(([key]) => isTheirs(key) && key.endsWith('.Key'))
    .map(([key, value]) => ({ Key: value, Value: form.get(key.replace(/\.Key$/, '.Value')) ?? '' }));
  return { rest, tags };
};

/**
 * moto makes the image, but cannot tag its snapshots in the same call. They are tagged right after, with the result
 * that EC2 would have.
 */
export const createImageOn =
  (moto: string, connect: Connect): Played =>
  async ({ region }, body, { authorization = '' }) => {
    const { rest, tags } = withoutSnapshotTags(new URLSearchParams(body.toString('utf8')));
    const answer = await fetch(moto, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: rest.toString(),
    });
    const text = await answer.text();
    const image = /<imageId>([^<]+)<\/imageId>/i.exec(text)?.[1];
    if (answer.ok && image !== undefined && tags.length > 0) {
      const ec2 = connect(region);
      const { Images: [made] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [image] }));
      const snapshots = (made?.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
      await ec2.send(new CreateTagsCommand({ Resources: snapshots, Tags: tags }));
    }
    return { status: answer.status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(text) };
  };
