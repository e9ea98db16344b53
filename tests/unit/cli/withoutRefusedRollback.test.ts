import { type DeploymentStatus, withoutRefusedRollback } from '../../../cli/queries/deploymentStatus';

const again = { what: 'when that is repaired', command: 'forseti deploy api v2' };
const back = { what: 'or back to the last good release', command: 'forseti rollback api' };
const release = { name: 'v1', image: 'ami-1', launchTemplate: { id: 'lt-1', version: '1' } };
const status = (kind: DeploymentStatus['kind']): DeploymentStatus => ({
  deployment: 'one',
  kind,
  version: 'v2',
  acceptedAt: 0,
  next: [again, back],
});

test.each([
  ['deployment', {}, [again]],
  ['rollback', {}, [again]],
  ['deployment', { release }, [again, back]],
  ['rollback', { release }, [again, back]],
  ['deployment', undefined, [again, back]],
] as const)('After a %s, with %j as the way back, %j is next', (kind, wayBack, next) => {
  expect(withoutRefusedRollback(status(kind), 'api', wayBack)?.next).toEqual(next);
});
