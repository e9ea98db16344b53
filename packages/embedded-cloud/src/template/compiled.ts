/** What `serverless package` compiles to, with the functions' code in the form that the embedded cloud runs. */

/** Any JSON, intrinsic functions (`{Ref: …}`) included. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  /** What becomes of it when the template no longer holds it; `Delete` by default. */
  readonly DeletionPolicy?: string;
  readonly Properties?: Readonly<Record<string, Json>>;
}

export interface CloudFormationTemplate {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Type?: string; readonly Default?: Json }>>;
  readonly Conditions?: Readonly<Record<string, Json>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Json>>>>>>;
}

/** One function's code: a CommonJS module that leaves `@aws-sdk/*` and `@smithy/*` to its `require`. */
export interface Bundle {
  /** Relative to the root, for stack traces: `functions/deploy/Accept.cjs`. */
  readonly file: string;
  readonly text: string;
}

export interface Compiled {
  /** Of all sources: state that was saved under another hash belongs to another build. */
  readonly hash: string;
  readonly template: CloudFormationTemplate;
  /** By the handler's module, `functions/deploy/Accept`: see {@link moduleOf}. */
  readonly bundles: Readonly<Record<string, Bundle>>;
}

/** `functions/deploy/Accept.handler` is the export `handler` of the module `functions/deploy/Accept`. */
export const moduleOf = (handler: string): string => handler.slice(0, handler.lastIndexOf('.'));
