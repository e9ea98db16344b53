/** The error's stable name, whatever was thrown. */
export const nameOf = (error: unknown): string =>
  error instanceof Error ? error.name : typeof error === 'string' ? error : 'UnknownError';

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
