import { parseRollbackRequest } from '../../../lib/rollback/request';

test.each([
  [{ application: 'api' }],
  [{ application: 'api', version: 'v1.4.1', fast: true, reason: 'sales are down', requestedBy: 'ada' }],
  [{ application: 'api', alarm: { name: 'api-5xx', changedAt: 1_795_334_400_000 }, requestKey: 'k' }],
])('The input %j is a request', (input) => {
  expect(parseRollbackRequest(input)).toEqual(input);
});

test.each([null, 'api', ['api'], 7])('The input %j is no request, and an example is given', (input) => {
  expect(() => parseRollbackRequest(input)).toThrow(
    expect.objectContaining({
      name: 'InvalidRequest',
      message: expect.stringContaining('{"application": "api", "version": "v1.4.1"}') as string,
    }) as Error,
  );
});

test('All problems are reported together', () => {
  const ask = () => parseRollbackRequest({ version: 'v1; reboot', fast: 'yes', to: 'v1' });
  expect(ask).toThrow(
    expect.objectContaining({
      problems: [
        expect.stringMatching(/^application: expected the name of an application/),
        expect.stringMatching(/^version: .*malformed/),
        expect.stringMatching(/^fast: /),
        expect.stringMatching(/^"to": not known; expected application, version, fast/),
      ] as string[],
    }) as Error,
  );
});
