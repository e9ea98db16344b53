/** The names of what the stack makes; they follow from service, stage, region and account alone. */
export interface Names {
  readonly machineArn: string;
  readonly settingsPrefix: string;
  readonly deploymentsTable: string;
  readonly releasesTable: string;
}

export interface Place {
  readonly region: string;
  readonly account: string;
  readonly stage: string;
}

const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** As serverless.yml names them. */
export const namesOf = ({ region, account, stage }: Place): Names => ({
  machineArn: `arn:${partitionOf(region)}:states:${region}:${account}:stateMachine:forseti-${stage}-deploy`,
  settingsPrefix: `/forseti/${stage}/applications`,
  deploymentsTable: `forseti-${stage}-deployments`,
  releasesTable: `forseti-${stage}-releases`,
});

/** Where a person looks at an execution. */
export const executionArnOf = ({ machineArn }: Names, execution: string): string =>
  `${machineArn.replace(':stateMachine:', ':execution:')}:${execution}`;
