/** The names of the stack's resources. They follow from service, stage, region and account alone. */
export interface Names {
  /** Of the deploy machine. */
  readonly machineArn: string;
  readonly rollbackMachineArn: string;
  readonly mendMachineArn: string;
  readonly switchOffMachineArn: string;
  readonly replaceMachineArn: string;
  readonly settingsPrefix: string;
  readonly deploymentsTable: string;
  readonly releasesTable: string;
  readonly locksTable: string;
  readonly requestsTable: string;
  readonly regionsTable: string;
  readonly waitsTable: string;
  readonly switchesTable: string;
  /** A queue of the stack by its short name, for example `requests`; any other name is returned unchanged. */
  queueName(name: string): string;
  /** A function of the stack by its own name, for example `Approve`. */
  functionName(name: string): string;
}

export interface Place {
  readonly region: string;
  readonly account: string;
  readonly stage: string;
}

/** The queues that people work with, and their dead-letter queues. */
export const ownQueues = [
  ...['requests', 'alarms', 'waiting'].flatMap((name) => [name, `${name}-dead`]),
  'events-dead',
];

const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** The names that serverless.yml gives. */
export const namesOf = ({ region, account, stage }: Place): Names => {
  const machine = (name: string): string =>
    `arn:${partitionOf(region)}:states:${region}:${account}:stateMachine:forseti-${stage}-${name}`;
  return {
    machineArn: machine('deploy'),
    rollbackMachineArn: machine('rollback'),
    mendMachineArn: machine('mend'),
    switchOffMachineArn: machine('switchoff'),
    replaceMachineArn: machine('replace'),
    settingsPrefix: `/forseti/${stage}/applications`,
    deploymentsTable: `forseti-${stage}-deployments`,
    releasesTable: `forseti-${stage}-releases`,
    locksTable: `forseti-${stage}-locks`,
    requestsTable: `forseti-${stage}-requests`,
    switchesTable: `forseti-${stage}-switches`,
    regionsTable: `forseti-${stage}-regions`,
    waitsTable: `forseti-${stage}-waits`,
    queueName: (name) => (ownQueues.includes(name) ? `forseti-${stage}-${name}` : name),
    functionName: (name) => `forseti-${stage}-${name}`,
  };
};
