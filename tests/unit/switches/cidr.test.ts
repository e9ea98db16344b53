import * as fc from 'fast-check';
import { parseCidr } from '../../../lib/switches/access/cidr';

test.each([
  ['203.0.113.7/32', '203.0.113.7/32', 4, false],
  ['203.0.113.0/24', '203.0.113.0/24', 4, false],
  ['10.1.0.0/16', '10.1.0.0/16', 4, false],
  ['10.0.0.0/15', '10.0.0.0/15', 4, true],
  ['0.0.0.0/0', '0.0.0.0/0', 4, true],
  [' 203.0.113.7/32 ', '203.0.113.7/32', 4, false],
  ['2001:DB8::/48', '2001:db8::/48', 6, false],
  ['2001:db8::1/128', '2001:db8::1/128', 6, false],
  ['2001:db8::/32', '2001:db8::/32', 6, true],
  ['::/0', '::/0', 6, true],
] as const)('The text %s is the block %s of IPv%i; too wide to be meant: %s', (text, block, family, wide) => {
  expect(parseCidr(text)).toMatchObject({ text: block, family, wide });
});

test.each([
  ['', /is no block of addresses/],
  ['example.com/32', /is no block of addresses/],
  ['203.0.113.256/32', /is no block of addresses/],
  ['203.0.113.7', /for this one address give 203\.0\.113\.7\/32/],
  ['2001:db8::1', /for this one address give 2001:db8::1\/128/],
  ['203.0.113.7/33', /expected \/0 to \/32/],
  ['203.0.113.7/', /expected \/0 to \/32/],
  ['203.0.113.7/-1', /expected \/0 to \/32/],
  ['203.0.113.7/24/8', /is no block of addresses/],
  ['203.0.113.7/24', /give 203\.0\.113\.0\/24 for the block, or 203\.0\.113\.7\/32 for the address/],
  ['2001:db8::1/64', /give the block's first address, or 2001:db8::1\/128/],
  ['fe80::1%eth0/128', /is no block of addresses/],
  ['::ffff:1.2.3.4/128', /is no block of addresses/],
])('The text %j is refused, and the answer says what was expected', (text, message) => {
  expect(parseCidr(text)).toMatch(message);
});

test('The block that a refusal proposes is one', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, bits) => {
      const found = parseCidr(`${address}/${String(bits)}`);
      if (typeof found !== 'string') return;
      const [, proposed = ''] = /give (\S+) for the block/.exec(found) ?? [];
      expect(parseCidr(proposed)).toMatchObject({ bits });
    }),
  );
});
