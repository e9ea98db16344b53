import { isIP } from 'node:net';

/** A block of addresses as EC2 takes it. */
export interface Cidr {
  readonly text: string;
  readonly family: 4 | 6;
  readonly bits: number;
  /** So many addresses that opening a port to them needs --force. */
  readonly wide: boolean;
}

/** A company's own block is hardly ever larger. */
const narrowest = { 4: 16, 6: 48 } as const;
const addressBits = { 4: 32, 6: 128 } as const;

const number4 = (address: string): bigint =>
  address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);

const number6 = (address: string): bigint => {
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  const [before, after] = [groups(head), groups(tail ?? '')];
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(missing).fill('0'), ...after].reduce(
    (sum, group) => sum * 65_536n + BigInt(`0x${group}`),
    0n,
  );
};

const text4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');

/** @returns the block, or what is wrong with the text and what was expected. */
export const parseCidr = (text: string): Cidr | string => {
  const [address = '', length, ...rest] = text.trim().split('/');
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || rest.length > 0 || address.includes('%') || /:.*\./.test(address))
    return `${text} is no block of addresses; expected one such as 203.0.113.7/32 or 2001:db8::/64`;
  const all = addressBits[family];
  if (length === undefined)
    return `${text} has no length; for this one address give ${address}/${String(all)}`;
  const bits = Number(length);
  if (!/^\d{1,3}$/.test(length) || bits > all)
    return `${text} has no length that there is; expected /0 to /${String(all)}`;
  const value = family === 4 ? number4(address) : number6(address);
  const host = value & ((1n << BigInt(all - bits)) - 1n);
  if (host !== 0n)
    return family === 4
      ? `${text} begins within its block; give ${text4(value - host)}/${length} for the block, or ${address}/32 for the address`
      : `${text} begins within its block; give the block's first address, or ${address}/128 for the address`;
  return { text: `${address.toLowerCase()}/${String(bits)}`, family, bits, wide: bits < narrowest[family] };
};
