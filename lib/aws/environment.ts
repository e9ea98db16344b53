/** The settings that the stack passes to its functions in environment variables. No other module reads them. */

export interface Environment {
  readonly region: string;
  readonly service: string;
  readonly stage: string;
  /** The function's own name, under which the waiting queue invokes it again. */
  readonly functionName: string;
  readonly tables: {
    readonly deployments: string;
    readonly releases: string;
    readonly locks: string;
    readonly waits: string;
    readonly requests: string;
  };
  readonly waitingQueueUrl: string;
  readonly topics: { readonly notifications: string; readonly paging: string };
  readonly deployMachineArn: string;
  readonly rollbackMachineArn: string;
  readonly mendMachineArn: string;
  /** Path in Parameter Store under which each application has its parameter. */
  readonly settingsPrefix: string;
  readonly documents: { readonly provision: string; readonly seal: string };
  readonly outputBucket: string;
}

/** Names of the environment variables; serverless.yml sets all of them for every function. */
const variables = {
  region: 'AWS_REGION',
  functionName: 'AWS_LAMBDA_FUNCTION_NAME',
  service: 'FORSETI_SERVICE',
  stage: 'FORSETI_STAGE',
  deployments: 'DEPLOYMENTS_TABLE',
  releases: 'RELEASES_TABLE',
  locks: 'LOCKS_TABLE',
  waits: 'WAITS_TABLE',
  requests: 'REQUESTS_TABLE',
  waitingQueueUrl: 'WAITING_QUEUE_URL',
  notifications: 'NOTIFICATIONS_TOPIC_ARN',
  paging: 'PAGING_TOPIC_ARN',
  deployMachineArn: 'DEPLOY_MACHINE_ARN',
  rollbackMachineArn: 'ROLLBACK_MACHINE_ARN',
  mendMachineArn: 'MEND_MACHINE_ARN',
  settingsPrefix: 'SETTINGS_PREFIX',
  provisionDocument: 'PROVISION_DOCUMENT',
  sealDocument: 'SEAL_DOCUMENT',
  outputBucket: 'OUTPUT_BUCKET',
} as const;

/** @throws Error that names every variable that is missing. */
export const readEnvironment = (from: Readonly<Record<string, string | undefined>>): Environment => {
  const missing = Object.values(variables).filter((name) => !from[name]);
  if (missing.length > 0)
    throw new Error(`The environment lacks ${missing.join(', ')}: deploy the stack from serverless.yml.`);
  const get = (key: keyof typeof variables): string => from[variables[key]] ?? '';
  return {
    region: get('region'),
    service: get('service'),
    stage: get('stage'),
    functionName: get('functionName'),
    tables: {
      deployments: get('deployments'),
      releases: get('releases'),
      locks: get('locks'),
      waits: get('waits'),
      requests: get('requests'),
    },
    waitingQueueUrl: get('waitingQueueUrl'),
    topics: { notifications: get('notifications'), paging: get('paging') },
    deployMachineArn: get('deployMachineArn'),
    rollbackMachineArn: get('rollbackMachineArn'),
    mendMachineArn: get('mendMachineArn'),
    settingsPrefix: get('settingsPrefix'),
    documents: { provision: get('provisionDocument'), seal: get('sealDocument') },
    outputBucket: get('outputBucket'),
  };
};
