import { type CollectionTag, parse, type ScalarTag } from 'yaml';

/** CloudFormation's short forms, as the functions that they stand for. */
const tags = ['Sub', 'Ref', 'GetAtt', 'Not', 'Equals', 'Or', 'And', 'If', 'Condition'].flatMap((name) => {
  const long = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
  const scalar: ScalarTag = { tag: `!${name}`, resolve: (value: string) => ({ [long]: value }) };
  const list: CollectionTag = {
    tag: `!${name}`,
    collection: 'seq',
    resolve: (value) => ({ [long]: (value as { toJSON: () => unknown }).toJSON() }),
  };
  return [scalar, list];
});

/** A template as CloudFormation reads it. */
export const parseTemplate = (text: string): unknown => parse(text, { customTags: tags });
