import { setImmediate } from 'node:timers/promises';
import { type Caller, type Cloud, connect, outagesOf } from '@forseti/embedded-cloud';
import { namesOf } from '../../lib/aws/stackNames';
import { type SdkClientClass, defaultStage, type Session } from './session';

/**
 * A session on a cloud in this thread. Each call runs the cloud until it is answered; calls run one after the other.
 * @param caller who makes the calls: a person who may do everything unless another is given
 */
export const sessionOnCloud = (
  cloud: Cloud,
  stage = defaultStage,
  caller: Caller = cloud.person(),
): Session => {
  const region = cloud.home;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  };
  const connectTo = (wanted: string) =>
    connect({
      region: wanted,
      answer: (name, service, action, input) => cloud.answer(name, caller, service, action, input),
    });
  // The call runs as a whole, with the SDK's retries: their pauses are virtual time, too, which only a running cloud lets
  // pass.
  const clientIn =
    (wanted: string) =>
    <Client>(Class: SdkClientClass<Client>): Client => {
      const client = connectTo(wanted)(Class) as { send: (...given: unknown[]) => Promise<unknown> };
      const send = client.send.bind(client);
      client.send = (...given) => inTurn(() => cloud.run(() => send(...given)));
      return client as Client;
    };
  let ids = 0;
  return {
    region,
    stage,
    names: namesOf({ region, account: cloud.account, stage }),
    requestedBy: caller.name,
    local: true,
    connect: (Class) => clientIn(region)(Class),
    connectIn: (name, Class) => clientIn(name)(Class),
    outages: async (plans) => {
      cloud.faults = { ...cloud.faults, ...outagesOf(plans) };
    },
    now: () => cloud.now(),
    sleep: (ms) => inTurn(() => cloud.advance(ms)),
    newId: () => `demo-${String((ids += 1))}`,
    // A command that fails early leaves calls behind. They end before the session does, since only one cloud can run at a
    // time.
    close: async () => {
      for (let awaited: unknown; awaited !== last; await setImmediate()) {
        awaited = last;
        await awaited;
      }
    },
  };
};
