/** What stands in the way of an installation: all of it in one list, before anything is touched. */
import { alarmConcurrencyFor, wantedConcurrency } from '../../lib/health/alarmConcurrency';
import { isKept } from './namedResources';
import type { CloudFormationTemplate } from '@forseti/embedded-cloud';
import type { ExistingFact, InstallFacts, RegionFacts, StackFact, TemplateFacts, Wishes } from './facts';
import { isAtWork, stackMove } from './stackMove';
import { standbyOf } from './parameters';

/** One thing that was found. */
export interface AccountFinding {
  readonly region: string;
  readonly what: string;
  /** What to do about it: a command, or a sentence. */
  readonly next: string;
}

export interface AccountFindings {
  /** Nothing is installed while there is one of these. */
  readonly problems: readonly AccountFinding[];
  /** The installation goes on. */
  readonly notes: readonly AccountFinding[];
}

/** docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const maxTemplateBytes = 1_000_000;
const maxResources = 500;
const maxParameters = 200;

const limitProblems = ({ bytes, resources, parameters }: TemplateFacts, region: string): AccountFinding[] =>
  [
    { what: 'bytes', is: bytes, most: maxTemplateBytes },
    { what: 'resources', is: resources, most: maxResources },
    { what: 'parameters', is: parameters, most: maxParameters },
  ].flatMap(({ what, is, most }) =>
    is <= most
      ? []
      : [
          {
            region,
            what: `The template has ${String(is)} ${what}; CloudFormation takes ${String(most)}.`,
            next: 'Install a released version of Forseti.',
          },
        ],
  );

/** Another program's stack of the same name must not become ours. */
const isForeign = ({ resources, status }: StackFact): boolean =>
  stackMove(status) === 'update' &&
  Object.keys(resources).length > 0 &&
  !('ServerlessDeploymentBucket' in resources);

const stackProblems = ({ region, stack }: RegionFacts, stage: string): AccountFinding[] => {
  if (!stack) return [];
  if (isForeign(stack))
    return [
      {
        region,
        what: `The stack ${stack.name} exists, and is not Forseti's: it has no ServerlessDeploymentBucket.`,
        next: `Choose another stage than ${stage}: --stage NAME`,
      },
    ];
  return [];
};

const stackNotes = ({ region, stack }: RegionFacts): AccountFinding[] => {
  if (!stack) return [];
  const why = stack.reason === undefined ? '' : ` (${stack.reason})`;
  const is = `The stack ${stack.name} is in ${stack.status}${why}.`;
  if (isAtWork(stack.status)) return [{ region, what: is, next: 'Its end is waited for.' }];
  switch (stackMove(stack.status)) {
    case 'delete':
      return [{ region, what: is, next: 'It is deleted and made again; tables stay.' }];
    case 'continue the rollback':
      return [{ region, what: is, next: 'Its rollback is continued first.' }];
    default:
      return [];
  }
};

/** How a resource that is in the way is removed or looked at, by its type. */
const removals: Readonly<Record<string, (name: string, region: string) => string>> = {
  'AWS::Lambda::Function': (name) => `aws lambda delete-function --function-name ${name}`,
  'AWS::SQS::Queue': (name) =>
    `aws sqs delete-queue --queue-url "$(aws sqs get-queue-url --queue-name ${name} --query QueueUrl --output text)"`,
  'AWS::CloudWatch::Alarm': (name) => `aws cloudwatch delete-alarms --alarm-names ${name}`,
  'AWS::StepFunctions::StateMachine': (name) =>
    `aws stepfunctions list-state-machines --query "stateMachines[?name=='${name}']"`,
  'AWS::DynamoDB::Table': (name) => `aws dynamodb describe-table --table-name ${name}`,
  'AWS::DynamoDB::GlobalTable': (name) => `aws dynamodb describe-table --table-name ${name}`,
};

const kindOf = (type: string): string => type.slice(type.lastIndexOf(':') + 1);

/** Resources that exist already, each with what becomes of it. */
const existingFindings = (
  { region, existing }: RegionFacts,
  { Resources }: CloudFormationTemplate,
): AccountFindings => {
  const adoptable = ({ logicalId, differs }: ExistingFact): boolean => {
    const resource = Resources[logicalId];
    return differs === undefined && resource !== undefined && isKept(resource);
  };
  return {
    problems: existing
      .filter((one) => !adoptable(one))
      .map(({ type, name, differs }) => ({
        region,
        what:
          differs === undefined
            ? `${kindOf(type)} ${name} exists and belongs to no stack of this name: CloudFormation would refuse to make it.`
            : `${kindOf(type)} ${name} exists and is not Forseti's: ${differs}`,
        next: `Remove it, or choose another stage: ${removals[type]?.(name, region) ?? name} --region ${region}`,
      })),
    notes: existing.filter(adoptable).map(({ type, name }) => ({
      region,
      what: `${kindOf(type)} ${name} is there from an earlier installation.`,
      next: 'It is taken over with what it holds.',
    })),
  };
};

const concurrencyNotes = ({ region, concurrency }: RegionFacts): AccountFinding[] =>
  concurrency === undefined || alarmConcurrencyFor(concurrency, concurrency.ofTakeAlarm) > 0
    ? []
    : [
        {
          region,
          what: `Lambda runs at most ${String(concurrency.limit)} functions at once in this account, of which ${String(concurrency.unreserved)} are unreserved: nothing can be reserved for rollbacks by alarms, which wait when other functions use all of it.`,
          next: `Ask for more (aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000 --region ${region}), then install again: it reserves ${String(wantedConcurrency)}.`,
        },
      ];

const keyNotes = ({ region, volumeKey, stack }: RegionFacts, { imageKeys }: Wishes): AccountFinding[] => {
  const known = imageKeys ?? (stack?.parameters.ImageKeys ?? '').split(',');
  return volumeKey === undefined || known.includes(volumeKey)
    ? []
    : [
        {
          region,
          what: `EC2 encrypts new volumes here by the key ${volumeKey}, which Forseti may not use.`,
          next: `--image-keys ${volumeKey}`,
        },
      ];
};

const unseenNotes = ({ region, unseen }: RegionFacts): AccountFinding[] =>
  unseen.map((what) => ({ region, what, next: 'The installation goes on without it.' }));

/** A stack that is another's standby, or that would get another standby than it has. */
const pairProblems = ({ home, standby }: InstallFacts, wishes: Wishes): AccountFinding[] => {
  const { region } = home;
  const { HomeRegion: itsHome, StandbyRegion: itsStandby = '' } = home.stack?.parameters ?? {};
  const wanted = standbyOf(wishes, home.stack, region);
  if (itsHome !== undefined && itsHome !== region && itsStandby === region)
    return [
      {
        region,
        what: `The stack here is the standby of ${itsHome}.`,
        next: `Install from its home: --region ${itsHome} --standby ${region}`,
      },
    ];
  if (wanted === region)
    return [
      {
        region,
        what: `${region} cannot be its own standby.`,
        next: 'Name another region: --standby eu-central-1',
      },
    ];
  if (
    itsHome === region &&
    itsStandby !== '' &&
    itsStandby !== region &&
    wanted !== undefined &&
    wanted !== itsStandby
  )
    return [
      {
        region,
        what: `The standby is ${itsStandby} now. A table's copies change one at a time, so ${wanted} cannot take its place in one step.`,
        next: `forseti install --no-standby --region ${region}, then forseti install --standby ${wanted} --region ${region}`,
      },
    ];
  const theirHome = standby?.stack?.parameters.HomeRegion;
  if (standby?.stack && theirHome !== undefined && theirHome !== region)
    return [
      {
        region: standby.region,
        what: `The stack ${standby.stack.name} there has ${theirHome} as its home, and not ${region}.`,
        next:
          theirHome === standby.region
            ? `Remove it first (forseti uninstall --region ${standby.region}), or name another standby.`
            : `Install from ${theirHome}, or name another standby.`,
      },
    ];
  return [];
};

/** The parts of AWS in which another partition's ARNs would be needed. */
const partitionProblems = ({ region }: RegionFacts, template: CloudFormationTemplate): AccountFinding[] =>
  /^(cn|us-gov|us-iso|eu-isoe)/.test(region) && JSON.stringify(template).includes('arn:aws:')
    ? [
        {
          region,
          what: `${region} is not a commercial region, and the stack names resources as those have them (arn:aws:).`,
          next: 'Choose a commercial region.',
        },
      ]
    : [];

/**
 * Everything that was found.
 * @param template of the stage
 */
export const accountFindings = (
  facts: InstallFacts,
  wishes: Wishes,
  template: CloudFormationTemplate,
): AccountFindings => {
  const regions = [facts.home, ...(facts.standby ? [facts.standby] : [])];
  const existing = regions.map((one) => existingFindings(one, template));
  return {
    problems: [
      ...limitProblems(facts.template, facts.home.region),
      ...regions.flatMap((one) => partitionProblems(one, template)),
      ...pairProblems(facts, wishes),
      ...regions.flatMap((one) => stackProblems(one, wishes.stage)),
      ...existing.flatMap(({ problems }) => problems),
    ],
    notes: [
      ...regions.flatMap(stackNotes),
      ...existing.flatMap(({ notes }) => notes),
      ...regions.flatMap(concurrencyNotes),
      ...regions.flatMap((one) => keyNotes(one, wishes)),
      ...regions.flatMap(unseenNotes),
    ],
  };
};
