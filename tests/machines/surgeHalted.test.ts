import { ask, software } from './support/acts';
import { told } from './support/snapshot';
import { untilAllEnded } from './support/scenes';
import { looseEnds, noLooseEnds } from './support/snapshot';
import { startTestStack, type TestStack } from './support/testStack';

jest.setTimeout(120_000);

const settings = { strategy: 'golden-instance', rollout: { strategy: 'surge', bakeMinutes: 2 } };
const secondMs = 1_000;

/** When the surge takes the protection from its new instances, which its last look does; in ms from the request. */
const lastLook = async (): Promise<number> => {
  const stack = await startTestStack({ settings });
  const arn = await stack.start({ application: 'api', version: 'v2' });
  const began = stack.cloud.now();
  let at = 0;
  stack.cloud.faults = {
    call: ({ action, input }) => {
      const { ProtectedFromScaleIn: isProtected } = input as { ProtectedFromScaleIn?: boolean };
      if (action === 'SetInstanceProtection' && isProtected === false && at === 0)
        at = stack.cloud.now() - began;
      return undefined;
    },
  };
  await stack.ended(arn);
  return at;
};

const acts: Readonly<Record<string, (stack: TestStack) => Promise<unknown>>> = {
  'a halt': (stack) => ask(stack, 'HaltDeployment', { application: 'api', reason: 'wrong tag', by: 'ada' }),
  'a rollback': (stack) =>
    stack.start({ application: 'api' }, 'rollback-1', stack.session.names.rollbackMachineArn),
};

describe.each(Object.entries(acts))('In the last look of a surge', (what, act) => {
  let at = 0;
  beforeAll(async () => {
    at = await lastLook();
  });

  // Every fifth of a second around the guard of the last look.
  test.each(Array.from({ length: 8 }, (_, index) => index * 200))(
    `${what} %d ms before is obeyed: nothing is left, nobody is paged`,
    async (before) => {
      const stack = await startTestStack({ settings });
      const arn = await stack.start({ application: 'api', version: 'v2' });
      await stack.cloud.advance(at - before);
      await act(stack);
      await untilAllEnded(stack, 600 * secondMs);
      const { outcome, end } = await stack.ended(arn);
      expect([outcome, end?.left ?? []]).toEqual([expect.stringMatching(/^(RolledBack|Deployed)$/), []]);
      expect(Object.values(stack.group().instances).filter((one) => one.protected)).toEqual([]);
      expect(told(stack).filter(({ topic }) => topic === 'forseti-production-paging')).toEqual([]);
      if (outcome === 'RolledBack') expect(software(stack)).toEqual(['v1']);
      expect(await looseEnds(stack)).toEqual(noLooseEnds);
    },
  );
});
