import { createHash } from 'node:crypto';
import type { GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import type { Action, Caller, Region, Service } from '../core/service';
import type { StsState } from '../sts/state';

declare module '../core/service' {
  interface Services {
    sts: StsService;
  }
}

export type StsService = Service<StsState>;

type Answer<Output> = Omit<Output, '$metadata'>;

/** AWS's unique ids: a prefix by kind (`AROA` for a role, `AIDA` for a user) and 17 characters. */
const uniqueId = (prefix: string, arn: string) =>
  prefix + createHash('sha256').update(arn).digest('hex').slice(0, 17).toUpperCase();

/** For a role, the identity is the session, not the role itself. */
const identityOf = ({ arn, name, kind }: Caller, region: Region) => {
  if (kind === 'person') return { UserId: uniqueId('AIDA', arn), Arn: arn };
  const role = arn.slice(arn.lastIndexOf('/') + 1);
  return {
    UserId: `${uniqueId('AROA', arn)}:${name}`,
    Arn: `arn:aws:sts::${region.account}:assumed-role/${role}/${name}`,
  };
};

/** AWS requires no permission for it, and it cannot be denied. */
const getCallerIdentity: Action<GetCallerIdentityCommandInput, Answer<GetCallerIdentityCommandOutput>> = {
  requires: () => [],
  run: (_, region, caller) =>
    ({
      Account: region.account,
      ...identityOf(caller, region),
    }) satisfies Answer<GetCallerIdentityCommandOutput>,
};

export const makeSts = (): StsService => ({
  state: {},
  actions: { GetCallerIdentity: getCallerIdentity },
  due: (kind) => {
    throw new Error(`STS puts nothing on the agenda, got ${kind}.`);
  },
});
