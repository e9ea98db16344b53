import { liveOn } from '../../../cli/terminal/live';
import { columns, cutLine, styleOf, width, wrapped } from '../../../cli/terminal/style';
import { terminalOf } from '../../../cli/terminal/terminal';

const coloured = styleOf(true);
const stream = (isTTY: boolean, wide = 80) => ({ write: () => true, isTTY, columns: wide });

test('Colours take no columns', () => {
  expect(width(coloured.bold('api'))).toBe(3);
  expect(
    columns([
      [coloured.good('a'), 'bb'],
      ['ccc', 'd'],
    ]),
  ).toEqual([`${coloured.good('a')}    bb`, 'ccc  d']);
});

test('Without colours, styles leave the text as it is', () => {
  expect(styleOf(false).bad('x')).toBe('x');
});

test.each([
  ['short', 10, 'short'],
  ['exactly ten', 11, 'exactly ten'],
  ['a line that is too long', 10, 'a line th…'],
])('The text %j fits into %d columns as %j', (line, wide, expected) => {
  expect(cutLine(line, wide)).toBe(expected);
});

test.each([
  ['short enough', 12, ['short enough']],
  ['a line that is too long', 10, ['a line', 'that is', 'too long']],
  ['see arn:aws:states:eu-west-1 there', 10, ['see', 'arn:aws:states:eu-west-1', 'there']],
  ['', 10, ['']],
])('The text %j in %d columns is %j', (line, wide, expected) => {
  expect(wrapped(line, wide)).toEqual(expected);
});

test('A line that is cut resets its colours', () => {
  expect(cutLine(coloured.bad('abcdefgh'), 5)).toBe(`${coloured.bad('abcd')}…`);
});

test.each([
  [{ isTTY: true }, {}, true, true],
  [{ isTTY: false }, {}, false, false],
  [{ isTTY: true }, { NO_COLOR: '1' }, true, false],
  [{ isTTY: true }, { TERM: 'dumb' }, false, false],
  [{ isTTY: true }, { CI: 'true' }, false, true],
])('A stream %j with %j is live: %j, coloured: %j', ({ isTTY }, variables, live, colours) => {
  expect(terminalOf(stream(isTTY), stream(isTTY), variables)).toMatchObject({ live, colours });
});

test('A pseudo-terminal that is 0 columns wide counts as 100', () => {
  expect(terminalOf(stream(true, 0), stream(true, 0), {}).columns).toBe(100);
});

test('A live block is drawn over itself, and gives the cursor back', () => {
  let written = '';
  const live = liveOn({ ...terminalOf(stream(true), stream(true), {}), write: (text) => (written += text) });
  live.draw(['one', 'two']);
  live.draw(['three']);
  live.end();
  expect(written).toBe(
    '\u001B[?25l\r\u001B[2Kone\n\u001B[2Ktwo\n\u001B[J\u001B[2A\r\u001B[2Kthree\n\u001B[J\u001B[?25h',
  );
});
