import * as fc from 'fast-check';
import { jsonLiteral } from '../../../lib/aws/jsonLiteral';
import { messageBody } from '../../../lib/aws/messageBody';

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('{', '}', '\\', '"', '\u0000', '\u007f', '\ufffe', '\uffff', '\ud800', '\u{1f600}'),
    fc.string({ maxLength: 1, unit: 'binary' }),
  ),
});

test('The body of a message holds only what SQS takes, and is read as it was', () => {
  fc.assert(
    fc.property(text, (value) => {
      const body = messageBody({ value });
      expect(body).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u);
      expect(JSON.parse(body)).toEqual({ value });
    }),
  );
});

test('A literal for Systems Manager never nests a parameter, and is read as it was', () => {
  fc.assert(
    fc.property(text, (value) => {
      const literal = jsonLiteral({ a: { [value]: { value } } });
      expect(literal).not.toContain('{{');
      expect(JSON.parse(literal)).toEqual(JSON.parse(JSON.stringify({ a: { [value]: { value } } })));
    }),
  );
});
