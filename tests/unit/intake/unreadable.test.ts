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

test('Settings that cannot be read delay no other application, and are reported', () => {
  const { tell, logged } = told(true, broken);
  expect(tell).not.toThrow();
  expect(logged).toEqual(broken);
});

test('A tag that no other application wants is delivered again: it may be for the unreadable ones', () => {
  expect(told(false, broken).tell).toThrow(broken[0]);
});

test.each([true, false])('If all settings can be read, nothing is reported (taken: %s)', (isTaken) => {
  const { tell, logged } = told(isTaken, []);
  expect(tell).not.toThrow();
  expect(logged).toEqual([]);
});
