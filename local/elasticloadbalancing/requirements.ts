/** What calls need in IAM (Service Authorization Reference, "AWS Elastic Load Balancing V2"). */
import type { Region, Requirement } from '../service';

/** Describe actions know no resources. */
export const onEverything = (action: string) => (): Requirement[] => [
  { action: `elasticloadbalancing:${action}`, resource: '*' },
];

/** The action on a target group, with its tags. */
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
