/** Deploys the stacks of an installation, one after the other. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { awaitFunctions } from './awaitFunctions';
import type { Session } from '../session/session';
import type { EventFact } from './failures';
import type { Prospect, StackProspect } from './prospect';
import type { StackFiles } from './stackFiles';
import { deployStack, type StackPlace } from './stackWork';

/** Reports what happens in a region. */
export type TellOfStack = (region: string, event: EventFact) => void;

/** @param region of the stack; its name follows from the stage */
export const stackPlace = (session: Session, region: string, tell: TellOfStack): StackPlace => ({
  name: `forseti-${session.stage}`,
  stage: session.stage,
  region,
  cloudFormation: session.connectIn(region, CloudFormationClient),
  s3: session.connectIn(region, S3Client),
  sleep: (ms) => session.sleep(ms),
  now: () => session.now(),
  tell: (event) => {
    tell(region, event);
  },
});

/**
 * Deploys home, then its standby: home's stack makes the table that both share.
 * @returns the stacks, each with whether it was changed
 * @throws StackFailed
 */
export const deployAll = async (
  session: Session,
  { assets }: StackFiles,
  { stacks }: Pick<Prospect, 'stacks'>,
  tell: TellOfStack,
): Promise<readonly { readonly stack: StackProspect; readonly changed: boolean }[]> => {
  const done = [];
  for (const stack of stacks) {
    const { region, template, parameters } = stack;
    const changed = await deployStack(stackPlace(session, region, tell), { template, parameters, assets });
    if (changed) await awaitFunctions(session, region, template);
    done.push({ stack, changed });
  }
  return done;
};
