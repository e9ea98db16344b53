/** IAM's policy documents, as far as they are evaluated here. */

export type OneOrMore = string | readonly string[];

/** Condition operator → condition key → values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, OneOrMore | boolean | number>>>>;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: OneOrMore;
  readonly NotAction?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly NotResource?: OneOrMore;
  readonly Condition?: Conditions;
  /** Only in resource policies (queues, topics). */
  readonly Principal?: '*' | Readonly<Record<string, OneOrMore>>;
}

export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: Statement | readonly Statement[];
}

export const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** The statements of policy documents, whether they hold one or a list. */
export const statementsOf = (documents: readonly unknown[]): Statement[] =>
  documents.flatMap((document) => [...listOf((document as PolicyDocument).Statement)]);
