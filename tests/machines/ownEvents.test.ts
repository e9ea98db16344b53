import { refusedByIam } from './support/calls';
import { ownEvents, problemsOf } from './support/busEvents';
import { startTestStack } from './support/testStack';

test('The bus gets a deployment, a rollback and a refused request as the published schemas say', async () => {
  const stack = await startTestStack();
  const seen = ownEvents(stack);
  await stack.deploy({ application: 'api', version: 'v2', extraVars: { smtp_password: 'hunter22' } });
  await stack.rollBack();
  await stack.deploy({ application: 'api' }, 'deployment-2');
  await stack.cloud.advance(2 * 60_000);
  expect(seen.map(({ detailType, detail }) => [detailType, detail.version, detail.outcome])).toEqual([
    ['Deployment Started', 'v2', undefined],
    ['Image Available', 'v2', undefined],
    ['Deployment Ended', 'v2', 'Deployed'],
    ['Rollback Started', 'v1', undefined],
    ['Rollback Ended', 'v1', 'RolledBack'],
    ['Deployment Ended', undefined, 'Rejected'],
  ]);
  expect(seen.map(problemsOf)).toEqual(seen.map(() => ''));
  expect(JSON.stringify(seen)).not.toContain('hunter22');
  expect(refusedByIam(stack)).toEqual([]);
});

test('A bus that refuses for good keeps nothing from ending, and transient errors are tried again', async () => {
  const refuse = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const stack = await startTestStack({ settings: { rollout: { strategy: 'none' } } });
  const seen = ownEvents(stack);
  const events = stack.region.service('events');
  const { PutEvents: action } = events.actions;
  let calls = 0;
  Object.assign(events.actions, {
    PutEvents: {
      ...action,
      run: (...given: Parameters<NonNullable<typeof action>['run']>) => {
        calls += 1;
        const failed = (ErrorCode: string) => ({
          FailedEntryCount: 1,
          Entries: [{ ErrorCode, ErrorMessage: 'no' }],
        });
        if (calls === 1) return failed('InternalFailure');
        if (calls === 3) return failed('NotAuthorizedForSourceException');
        return action?.run(...given);
      },
    },
  });
  expect((await stack.deploy()).outcome).toBe('Deployed');
  // Accept was retried. An event that was refused for good reached no subscriber.
  expect(seen.map(({ detailType }) => detailType)).toEqual(['Deployment Started', 'Deployment Ended']);
  refuse.mockRestore();
});
