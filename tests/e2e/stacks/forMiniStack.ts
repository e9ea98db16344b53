import type { Resource, Template } from '../world';

const withRegion = (value: unknown, region: string): unknown => {
  if (Array.isArray(value)) return value.map((one) => withRegion(one, region));
  if (typeof value !== 'object' || value === null) return value;
  if ((value as { Ref?: unknown }).Ref === 'AWS::Region') return region;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withRegion(one, region)]));
};

export const isDocument = ({ Type }: Resource): boolean => Type === 'AWS::SSM::Document';

const isGlobalTable = ({ Type }: Resource): boolean => Type === 'AWS::DynamoDB::GlobalTable';

/** One region's copy of a global table, with what both types have. */
const asTable = (resource: Resource): Resource => {
  const shared = ['TableName', 'KeySchema', 'AttributeDefinitions', 'BillingMode'];
  const properties = Object.entries(resource.Properties ?? {}).filter(([name]) => shared.includes(name));
  return { ...resource, Type: 'AWS::DynamoDB::Table', Properties: Object.fromEntries(properties) };
};

/**
 * A template as MiniStack can make it in a region: without documents of Systems Manager, with the region's name in
 * conditions, and with a table instead of a global one, which MiniStack does not import.
 */
export const forMiniStack = (template: Template, region: string): Template => ({
  ...template,
  ...(template.Conditions && {
    Conditions: withRegion(template.Conditions, region) as Record<string, unknown>,
  }),
  Resources: Object.fromEntries(
    Object.entries(template.Resources).flatMap(([id, resource]) => {
      if (isDocument(resource)) return [];
      return [[id, isGlobalTable(resource) ? asTable(resource) : resource]];
    }),
  ),
});
