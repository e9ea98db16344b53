/**
 * The IAM permissions that a call on EC2 needs: ARNs of the resources and their condition keys (Service
 * Authorization Reference, "Actions, resources, and condition keys for Amazon EC2").
 */
import type { TagSpecification } from '@aws-sdk/client-ec2';
import type { Region, Requirement } from '../core/service';
import type { Ec2State, Tags } from './state';
import { kindOfId, type ResourceKind } from './errors';
import { tagsFor } from './tags';

type Context = Record<string, string | readonly string[]>;

/** ARNs of images and snapshots have no account. */
const arnTypes: Readonly<Record<ResourceKind, { readonly type: string; readonly account: boolean }>> = {
  instance: { type: 'instance', account: true },
  image: { type: 'image', account: false },
  snapshot: { type: 'snapshot', account: false },
  launchTemplate: { type: 'launch-template', account: true },
  subnet: { type: 'subnet', account: true },
  securityGroup: { type: 'security-group', account: true },
  securityGroupRule: { type: 'security-group-rule', account: true },
  vpc: { type: 'vpc', account: true },
};

/** ARN of an EC2 resource. The type is IAM's name of it: `instance`, `image`, `volume`. */
export const ec2Arn = (region: Region, type: string, id: string): string => {
  const account = type === 'image' || type === 'snapshot' ? '' : region.account;
  return `arn:${region.partition}:ec2:${region.name}:${account}:${type}/${id}`;
};

export const arnOf = (region: Region, kind: ResourceKind, id: string): string =>
  ec2Arn(region, arnTypes[kind].type, id);

const resourceTags = (tags: Tags | undefined): Context => {
  const context: Context = {};
  for (const [key, value] of Object.entries(tags ?? {})) {
    context[`aws:resourcetag/${key.toLowerCase()}`] = value;
    context[`ec2:resourcetag/${key.toLowerCase()}`] = value;
  }
  return context;
};

export const requestTags = (tags: Tags): Context => {
  const keys = Object.keys(tags);
  if (keys.length === 0) return {};
  const context: Context = { 'aws:tagkeys': keys };
  for (const [key, value] of Object.entries(tags)) context[`aws:requesttag/${key.toLowerCase()}`] = value;
  return context;
};

const tagsOfRecord = (state: Ec2State, kind: ResourceKind, id: string): Tags | undefined => {
  if (kind === 'vpc') return undefined;
  const table = `${kind}s` as const;
  return state[table]?.[id]?.tags;
};

/** The permission for the action on an existing resource, with its tags. */
export const onExisting = (
  region: Region,
  state: Ec2State,
  action: string,
  kind: ResourceKind,
  id: string,
  more: Context = {},
): Requirement => ({
  action,
  resource: arnOf(region, kind, id),
  context: { 'ec2:region': region.name, ...resourceTags(tagsOfRecord(state, kind, id)), ...more },
});

/** Like {@link onExisting}. The prefix of the id gives the kind of resource. */
export const onId = (
  region: Region,
  state: Ec2State,
  action: string,
  id: string,
  more: Context = {},
): Requirement => {
  const kind = kindOfId(id);
  if (kind === undefined) return { action, resource: '*', context: { 'ec2:region': region.name, ...more } };
  return onExisting(region, state, action, kind, id, more);
};

/**
 * The permission for the action on a resource that the call creates. It has no `aws:ResourceTag` yet, only the tags
 * of the request.
 */
export const onNew = (region: Region, action: string, type: string, tags: Tags, id = '*'): Requirement => ({
  action,
  resource: ec2Arn(region, type, id),
  context: { 'ec2:region': region.name, ...requestTags(tags) },
});

/** Tags at creation need `ec2:CreateTags` too, which policies limit by `ec2:CreateAction`. */
export const taggingAtCreation = (
  region: Region,
  createAction: string,
  specifications: readonly TagSpecification[] | undefined,
): Requirement[] =>
  (specifications ?? []).map(({ ResourceType: type = '' }) => ({
    action: 'ec2:CreateTags',
    resource: ec2Arn(region, type, '*'),
    context: {
      'ec2:region': region.name,
      'ec2:createaction': createAction,
      ...requestTags(tagsFor(specifications, type)),
    },
  }));

/** Describe actions do not support resource-level permissions. */
export const onEverything =
  (action: string) =>
  (_input: unknown, region: Region): Requirement[] => [
    { action, resource: '*', context: { 'ec2:region': region.name } },
  ];
