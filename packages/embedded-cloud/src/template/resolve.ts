import { parameterProblems } from './parameters';
import type { CloudFormationTemplate, Json } from './compiled';
import { type Identity, identities, type Place } from './identity';
import { conditionHolds, resolveValue, type Scope } from './intrinsic';

/** A resource with all its values resolved. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  /** The value of `Ref`. */
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface ResolveOptions extends Place {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly imports?: Readonly<Record<string, string>>;
}

const pseudoParameters = ({
  region,
  account,
  partition,
  stackName,
  salt = '0',
}: Place): Record<string, unknown> => ({
  'AWS::Region': region,
  'AWS::AccountId': account,
  'AWS::Partition': partition,
  'AWS::StackName': stackName,
  'AWS::StackId': `arn:${partition}:cloudformation:${region}:${account}:stack/${stackName}/${salt}`,
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::NoValue': undefined,
});

/** Resolves only the names. They make the identity and must not depend on other resources. */
const nameProperties = (properties: Readonly<Record<string, Json>>, scope: Scope): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(properties)
      .filter(([key]) => /Name$|^Path$/.test(key))
      .map(([key, value]) => [key, resolveValue(value, scope)]),
  );

/** CloudFormation passes every parameter on as text, also a number; a list as its parts. */
const parameterValue = (
  given: string | undefined,
  { Type, Default }: { readonly Type?: string; readonly Default?: Json },
): string | readonly string[] | undefined => {
  const value = given ?? (typeof Default === 'number' ? String(Default) : (Default as string | undefined));
  if (value === undefined || !/List/.test(Type ?? '')) return value;
  return value.split(',').map((part) => part.trim());
};

const makeScope = (template: CloudFormationTemplate, options: ResolveOptions) => {
  const pseudo = pseudoParameters(options);
  const known = new Map<string, Identity>();
  const open = new Set<string>();
  const identify = (logicalId: string): Identity => {
    const before = known.get(logicalId);
    if (before) return before;
    const resource = template.Resources[logicalId];
    if (!resource) throw new Error(`no resource ${logicalId}`);
    if (open.has(logicalId)) throw new Error(`${logicalId}'s name refers to itself`);
    const identity = identities[resource.Type];
    if (!identity) throw new Error(`resources of type ${resource.Type} are not modelled`);
    open.add(logicalId);
    const made = identity(nameProperties(resource.Properties ?? {}, scope), logicalId, options);
    open.delete(logicalId);
    known.set(logicalId, made);
    return made;
  };
  const scope: Scope = {
    template,
    imports: options.imports ?? {},
    ref: (name) => {
      if (name in pseudo) return pseudo[name];
      const parameter = template.Parameters?.[name];
      return parameter ? parameterValue(options.parameters?.[name], parameter) : identify(name).ref;
    },
    attribute: (logicalId, attribute) => {
      const found = identify(logicalId).attributes[attribute];
      if (found === undefined) throw new Error(`${logicalId} has no attribute ${attribute}`);
      return found;
    },
  };
  return { scope, identify };
};

/**
 * The template's resources with conditions applied and all intrinsic functions evaluated.
 *
 * @throws Error with every problem: parameters, unknown types, functions, references and attributes
 */
export const resolveTemplate = (template: CloudFormationTemplate, options: ResolveOptions): Resource[] => {
  const { scope, identify } = makeScope(template, options);
  const problems = [...parameterProblems(template.Parameters ?? {}, options.parameters ?? {})];
  const resources: Resource[] = [];
  for (const [logicalId, resource] of Object.entries(template.Resources)) {
    try {
      if (resource.Condition !== undefined && !conditionHolds(resource.Condition, scope)) continue;
      const properties = resolveValue(resource.Properties ?? {}, scope) as Record<string, unknown>;
      resources.push({ logicalId, type: resource.Type, ...identify(logicalId), properties });
    } catch (error) {
      problems.push(`${logicalId}: ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new Error(`The template cannot be loaded:\n${problems.join('\n')}`);
  return resources;
};

/** The values of the template's outputs whose condition holds. */
export const resolveOutputs = (
  template: CloudFormationTemplate,
  options: ResolveOptions,
): Readonly<Record<string, string>> => {
  const { scope } = makeScope(template, options);
  return Object.fromEntries(
    Object.entries(template.Outputs ?? {}).flatMap(([name, { Value, Condition }]) =>
      Condition !== undefined && !conditionHolds(Condition, scope)
        ? []
        : [[name, String(resolveValue(Value, scope))]],
    ),
  );
};
