import { InvalidSettings } from '../../../lib/application/problems';
import { reportUnreadable } from '../../../lib/intake/unreadable';

const broken = ['web', 'shop'].map((name) => new InvalidSettings(name, []));

const told = (isTaken: boolean, invalid: readonly InvalidSettings[]) => {
  const logged: Error[] = [];
  const tell = () => {
    reportUnreadable(isTaken, invalid, { error: (_, error) => void logged.push(error) });
  };
  return { tell, logged };
};

test('Settings that cannot be read keep nobody waiting whose own can be, and are told of', () => {
  const { tell, logged } = told(true, broken);
  expect(tell).not.toThrow();
  expect(logged).toEqual(broken);
});

test('What nobody else wants comes again: it may be meant for them', () => {
  expect(told(false, broken).tell).toThrow(broken[0]);
});

test.each([true, false])('Where all can be read, nothing is said (taken: %s)', (isTaken) => {
  const { tell, logged } = told(isTaken, []);
  expect(tell).not.toThrow();
  expect(logged).toEqual([]);
});
