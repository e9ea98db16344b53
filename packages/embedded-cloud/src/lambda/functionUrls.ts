import { createHash } from 'node:crypto';
import type { FunctionUrl, LambdaState, UrlPermission } from './state';

/** Thirty-two letters and digits, derived from account and function as on AWS, so that a URL stays the same. */
export const urlIdOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join(':')).digest('hex').slice(0, 32);

export const functionUrlOf = (urlId: string, region: string): string =>
  `https://${urlId}.lambda-url.${region}.on.aws/`;

/** The id and the region in a function URL's host name; undefined for any other host. */
export const partsOf = (host: string): { readonly urlId: string; readonly region: string } | undefined => {
  const [, urlId, region] = /^([a-z0-9]+)\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(host) ?? [];
  return urlId !== undefined && region !== undefined ? { urlId, region } : undefined;
};

/** A function has one URL. A new one replaces it. */
export const addUrl = (state: LambdaState, url: FunctionUrl): void => {
  const others = Object.entries(state.urls ?? {}).filter(
    ([, { functionName }]) => functionName !== url.functionName,
  );
  state.urls = { ...Object.fromEntries(others), [url.urlId]: url };
};

const grants = (state: LambdaState, url: FunctionUrl, holds: (one: UrlPermission) => boolean): boolean =>
  (state.urlPermissions ?? []).some((one) => one.functionName === url.functionName && holds(one));

/**
 * Whether everyone may call it. Since October 2025 AWS requires both statements in the function's policy. With only
 * one of them every request is refused (Developer Guide, "Control access to Lambda function URLs").
 */
export const isPublic = (state: LambdaState, url: FunctionUrl): boolean =>
  url.authType === 'NONE' &&
  grants(
    state,
    url,
    ({ action, authType }) =>
      action === 'lambda:InvokeFunctionUrl' && (authType === undefined || authType === 'NONE'),
  ) &&
  grants(state, url, ({ action }) => action === 'lambda:InvokeFunction');
