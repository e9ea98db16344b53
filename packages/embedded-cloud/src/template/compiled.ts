/** The result of `serverless package`, with the functions' code in the form that the embedded cloud runs. */

import type { ParameterDeclaration } from './parameters';

/** Any JSON, including intrinsic functions (`{Ref: …}`). */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  /** What happens to the resource once it is no longer in the template; `Delete` by default. */
  readonly DeletionPolicy?: string;
  readonly Properties?: Readonly<Record<string, Json>>;
}

export interface CloudFormationTemplate {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, ParameterDeclaration>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: Json; readonly Condition?: string }>>;
  readonly Conditions?: Readonly<Record<string, Json>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Json>>>>>>;
}

/** One function's code: a CommonJS module that gets `@aws-sdk/*` and `@smithy/*` from its `require`. */
export interface Bundle {
  /** Relative to the root, for stack traces: `functions/deploy/Accept.cjs`. */
  readonly file: string;
  readonly text: string;
}

export interface Compiled {
  /** Hash of all sources. State that was saved with another hash is from another build. */
  readonly hash: string;
  readonly template: CloudFormationTemplate;
  /** By the handler's module, `functions/deploy/Accept`: see {@link moduleOf}. */
  readonly bundles: Readonly<Record<string, Bundle>>;
}

/** `functions/deploy/Accept.handler` is the export `handler` of the module `functions/deploy/Accept`. */
export const moduleOf = (handler: string): string => handler.slice(0, handler.lastIndexOf('.'));
