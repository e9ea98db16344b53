import type { ZodError } from 'zod';

/** All that is wrong with a payload, by its places; never its values. */
export const payloadProblems = (error: ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`).join('; ');

const textOf = (body: Buffer): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
};

/**
 * The event that a body carries: JSON, or a form whose field `payload` is JSON.
 * @returns a plain object, or undefined where the body holds none.
 */
export const readPayload = (body: Buffer, mediaType: string): object | undefined => {
  const text = textOf(body);
  if (text === undefined) return undefined;
  const json =
    mediaType === 'application/x-www-form-urlencoded' ? new URLSearchParams(text).get('payload') : text;
  try {
    const parsed: unknown = JSON.parse(json ?? '');
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
};
