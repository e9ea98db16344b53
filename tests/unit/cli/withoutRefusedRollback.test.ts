import { type DeploymentStatus, withoutRefusedRollback } from '../../../cli/queries/deploymentStatus';

const again = { what: 'when that is repaired', command: 'forseti deploy api v2' };
const back = { what: 'or back to the last good release', command: 'forseti rollback api' };
const status = (kind: DeploymentStatus['kind']): DeploymentStatus => ({
  deployment: 'one',
  kind,
  version: 'v2',
  acceptedAt: 0,
  next: [again, back],
});

test.each([
  ['deployment', 'v1 is its only version yet', [again]],
  ['deployment', undefined, [again, back]],
  ['rollback', 'v1 is its only version yet', [again, back]],
] as const)('After a %s, where there is no way back for the reason %p, %j is next', (kind, none, next) => {
  expect(withoutRefusedRollback(status(kind), 'api', none)?.next).toEqual(next);
});
