import { AwsError, type CallFault, Chances, type Faults, outagesOf } from './embeddedCloud';
import { home, type Plan } from './plan';

/** Callers by name: a fault is for one kind of them. */
export const callers = { producer: 'producer', consumer: 'consumer', poller: 'poller', operator: 'operator' };

const failure = (): AwsError =>
  new AwsError('InternalFailure', 'The request processing has failed because of an unknown error.', {
    statusCode: 500,
  });

/** Picks a fault by one random number; the shares are tried in their order. */
const draw = (
  thrown: number,
  shares: readonly (readonly [share: number, fault: CallFault])[],
): CallFault | undefined => {
  let sum = 0;
  for (const [share, fault] of shares) {
    sum += share;
    if (thrown < sum) return fault;
  }
  return undefined;
};

/** The faults of a plan, for a cloud that begins at `startAt` (epoch milliseconds). */
export const faultsOf = (plan: Plan, startAt: number, now: () => number): Faults => {
  const { seed, rates, outages, confused } = plan;
  const chances = new Chances(seed);
  const dice = (purpose: string) => chances.stream(`faults/${purpose}`).next();
  const isConfused = (region: string) => {
    const passed = now() - startAt;
    return region === home && confused.from <= passed && passed < confused.until;
  };
  return {
    ...outagesOf(
      outages.map((outage) => ({ ...outage, from: startAt + outage.from, until: startAt + outage.until })),
    ),
    call: ({ region, caller, action }) => {
      if (caller.name === callers.producer && action === 'SendMessage')
        return draw(dice('send'), [
          [rates.sendUnanswered, { lost: true }],
          [isConfused(region) ? rates.sendConfused : rates.sendAnsweredWrongly, { after: failure() }],
        ]);
      if (caller.name === callers.consumer && action === 'UpdateItem')
        return draw(dice('effect'), [
          [rates.effectUnanswered, { lost: true }],
          [rates.effectAnsweredWrongly, { after: failure() }],
        ]);
      if (caller.name === callers.poller && action === 'DeleteMessageBatch')
        return draw(dice('delete'), [
          [rates.deleteFails / 2, { before: failure() }],
          [rates.deleteFails / 2, { after: failure() }],
        ]);
      return undefined;
    },
    message: (_region, queueName) => {
      if (queueName !== 'orders') return undefined;
      if (dice('double') >= rates.doubledBySqs) return undefined;
      return [0, chances.stream('faults/double delay').integer(0, 20_000)];
    },
  };
};
