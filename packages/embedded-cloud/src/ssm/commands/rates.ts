import { AwsError } from '../../core/errors';

const patterns = {
  // The patterns are from AWS's API reference.
  MaxConcurrency: /^([1-9][0-9]*|[1-9][0-9]%|[1-9]%|100%)$/,
  MaxErrors: /^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$/,
} as const;

/** @throws ValidationException if the value is neither a number nor a percentage, or is too long */
export const checkRate = (name: keyof typeof patterns, value: string | undefined): void => {
  if (value !== undefined && (value.length > 7 || !patterns[name].test(value)))
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${value}' at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to ` +
        `satisfy constraint: Member must satisfy regular expression pattern: ${patterns[name].source}`,
    );
};

const share = (value: string, targets: number) =>
  value.endsWith('%') ? (Number(value.slice(0, -1)) * targets) / 100 : Number(value);

/** How many instances run a command at once. A percentage is rounded up, so that it is never 0. */
export const concurrencyOf = (maxConcurrency: string, targets: number): number =>
  Math.max(1, Math.ceil(share(maxConcurrency, targets)));

/**
 * How many errors are tolerated. One more stops the command. AWS: with 10 % of 50 targets the sixth error stops it.
 * AWS does not say how percentages are rounded. Here they are rounded down, which is the stricter reading.
 */
export const toleratedErrors = (maxErrors: string, targets: number): number =>
  Math.floor(share(maxErrors, targets));
