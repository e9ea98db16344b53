import { AwsError } from '../core/errors';

/** A decimal number: `digits` times ten to the `exponent`. DynamoDB keeps 38 significant digits. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const refuse = (message: string) => new AwsError('ValidationException', message);
const significantDigits = 38;

const countDigits = (digits: bigint) => (digits < 0n ? -digits : digits).toString().length;

/** Without trailing zeros; zero has exponent 0. */
const trimmed = ({ digits, exponent }: Decimal): Decimal => {
  if (digits === 0n) return { digits: 0n, exponent: 0 };
  while (digits % 10n === 0n) {
    digits /= 10n;
    exponent += 1;
  }
  return { digits, exponent };
};

/**
 * AWS: a number has up to 38 digits of precision and a magnitude of 1E-130 to 9.9…E+125.
 * @throws ValidationException
 */
const checked = (decimal: Decimal): Decimal => {
  const magnitude = decimal.exponent + countDigits(decimal.digits) - 1;
  if (countDigits(decimal.digits) > significantDigits)
    throw refuse('Attempting to store more than 38 significant digits in a Number');
  if (decimal.digits !== 0n && magnitude > 125)
    throw refuse('Number overflow. Attempting to store a number with magnitude larger than supported range');
  if (decimal.digits !== 0n && magnitude < -130)
    throw refuse(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  return decimal;
};

const parse = (text: string): Decimal => {
  const parts = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/.exec(text.trim());
  const [, sign = '', whole = '', fraction = '', power = '0'] = parts ?? [];
  if (!parts || whole + fraction === '')
    throw refuse(
      text === ''
        ? 'The parameter cannot be converted to a numeric value'
        : `The parameter cannot be converted to a numeric value: ${text}`,
    );
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  return checked(trimmed({ digits, exponent: Number(power) - fraction.length }));
};

const format = ({ digits, exponent }: Decimal): string => {
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString();
  if (exponent >= 0) return sign + text + '0'.repeat(exponent);
  const point = text.length + exponent;
  return point > 0
    ? `${sign}${text.slice(0, point)}.${text.slice(point)}`
    : `${sign}0.${'0'.repeat(-point)}${text}`;
};

const simple = /^(?:0|-?[1-9]\d{0,14})$/;

/** A number in normal form: no exponent, no superfluous zeros. @throws ValidationException */
export const normalNumber = (text: string): string => (simple.test(text) ? text : format(parse(text)));

const aligned = (one: Decimal, other: Decimal): [bigint, bigint, number] => {
  const exponent = Math.min(one.exponent, other.exponent);
  const scale = ({ digits, exponent: own }: Decimal) => digits * 10n ** BigInt(own - exponent);
  return [scale(one), scale(other), exponent];
};

/** Negative if the first number is smaller; both are in normal form. */
export const compareNumbers = (one: string, other: string): number => {
  if (simple.test(one) && simple.test(other)) return Number(one) - Number(other);
  const [a, b] = aligned(parse(one), parse(other));
  return a < b ? -1 : a > b ? 1 : 0;
};

/** @throws ValidationException if the sum needs more than 38 digits */
export const addNumbers = (one: string, other: string): string => {
  const [a, b, exponent] = aligned(parse(one), parse(other));
  return format(checked(trimmed({ digits: a + b, exponent })));
};

export const subtractNumbers = (one: string, other: string): string =>
  addNumbers(one, other.startsWith('-') ? other.slice(1) : `-${other}`);
