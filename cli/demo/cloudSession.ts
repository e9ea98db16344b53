import type { Cloud } from '../../local/core/cloud';
import { outagesOf } from '../../local/faults';
import { connect } from '../../local/sdk/connect';
import { namesOf } from '../names';
import { defaultStage, type Session } from '../session';

/** A session on a cloud in this thread: each call runs the cloud until it is answered, one after the other. */
export const sessionOnCloud = (cloud: Cloud, stage = defaultStage): Session => {
  const region = cloud.home;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  };
  const clientIn = (wanted: string) =>
    connect({
      region: wanted,
      answer: (name, service, action, input) =>
        inTurn(() => cloud.run(() => cloud.answer(name, cloud.person(), service, action, input))),
    });
  let ids = 0;
  return {
    region,
    stage,
    names: namesOf({ region, account: cloud.account, stage }),
    requestedBy: cloud.person().name,
    local: true,
    connect: (Class) => clientIn(region)(Class),
    connectIn: (name, Class) => clientIn(name)(Class),
    outages: async (plans) => {
      cloud.faults = { ...cloud.faults, ...outagesOf(plans) };
    },
    now: () => cloud.now(),
    sleep: (ms) => inTurn(() => cloud.advance(ms)),
    newId: () => `demo-${String((ids += 1))}`,
    close: async () => undefined,
  };
};
