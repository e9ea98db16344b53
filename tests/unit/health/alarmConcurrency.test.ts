import { alarmConcurrencyFor } from '../../../lib/health/alarmConcurrency';

test.each([
  ['a new account', { limit: 10, unreserved: 10 }, 0, 0],
  ['an account whose others leave too little', { limit: 1_000, unreserved: 104 }, 0, 0],
  ['an account with just enough', { limit: 1_000, unreserved: 105 }, 0, 5],
  ['an account with plenty', { limit: 1_000, unreserved: 1_000 }, 0, 5],
  ['an account where the stack has it already', { limit: 1_000, unreserved: 100 }, 5, 5],
])('In %s, what is reserved for alarms is what Lambda accepts', (_, account, own, reserved) => {
  expect(alarmConcurrencyFor(account, own)).toBe(reserved);
});
