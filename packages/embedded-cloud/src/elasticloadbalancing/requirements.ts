/** The IAM permissions that calls need (Service Authorization Reference, "AWS Elastic Load Balancing V2"). */
import type { Region, Requirement } from '../core/service';

/** Describe actions do not support resource-level permissions. */
export const onEverything = (action: string) => (): Requirement[] => [
  { action: `elasticloadbalancing:${action}`, resource: '*' },
];

/** The permission for the action on a target group, with its tags. */
export const onTargetGroup =
  (action: string) =>
  ({ TargetGroupArn: arn = '*' }: { readonly TargetGroupArn: string | undefined }, region: Region) => {
    const { targetGroups } = region.service('elasticloadbalancing').state;
    const context: Record<string, string> = {};
    for (const [key, value] of Object.entries(targetGroups[arn]?.tags ?? {})) {
      context[`aws:resourcetag/${key.toLowerCase()}`] = value;
      context[`elasticloadbalancing:resourcetag/${key.toLowerCase()}`] = value;
    }
    return [{ action: `elasticloadbalancing:${action}`, resource: arn, context }] satisfies Requirement[];
  };

type Tags = Readonly<Record<string, string>>;

const resourceTags = (tags: Tags): Record<string, string> => {
  const context: Record<string, string> = {};
  for (const [key, value] of Object.entries(tags)) {
    context[`aws:resourcetag/${key.toLowerCase()}`] = value;
    context[`elasticloadbalancing:resourcetag/${key.toLowerCase()}`] = value;
  }
  return context;
};

/** The permission for the action on an existing resource, with its tags. */
export const onResource = (action: string, arn: string, tags: Tags = {}): Requirement => ({
  action: `elasticloadbalancing:${action}`,
  resource: arn,
  context: resourceTags(tags),
});

/**
 * Tags at creation also need `AddTags` on the new resource, which policies limit by
 * `elasticloadbalancing:CreateAction`.
 */
export const taggingAtCreation = (
  createAction: string,
  arn: string,
  tags: readonly { readonly Key: string | undefined; readonly Value?: string | undefined }[] | undefined,
): { readonly context: Record<string, string | string[]>; readonly requirements: Requirement[] } => {
  if (tags === undefined || tags.length === 0) return { context: {}, requirements: [] };
  const context: Record<string, string | string[]> = { 'aws:tagkeys': tags.map(({ Key = '' }) => Key) };
  for (const { Key = '', Value = '' } of tags) context[`aws:requesttag/${Key.toLowerCase()}`] = Value;
  return {
    context,
    requirements: [
      {
        action: 'elasticloadbalancing:AddTags',
        resource: arn,
        context: { ...context, 'elasticloadbalancing:createaction': createAction },
      },
    ],
  };
};
