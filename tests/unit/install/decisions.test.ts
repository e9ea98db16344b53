import type { CloudFormationTemplate } from '@forseti/embedded-cloud';
import { activeTemplate } from '../../../cli/install/activeTemplate';
import type { InstallFacts, RegionFacts, StackFact, Wishes } from '../../../cli/install/facts';
import { failuresOf, nextStepOf } from '../../../cli/install/failures';
import { accountFindings } from '../../../cli/install/findings';
import { keysArgument, regionArgument, rolesArgument } from '../../../cli/install/options';
import { stackParameters, standbyOf } from '../../../cli/install/parameters';
import { isAtWork, stackMove } from '../../../cli/install/stackMove';
import { keptOf } from '../../../cli/install/uninstall';

test.each([
  [undefined, 'create'],
  ['REVIEW_IN_PROGRESS', 'create'],
  ['DELETE_COMPLETE', 'create'],
  ['CREATE_COMPLETE', 'update'],
  ['UPDATE_COMPLETE', 'update'],
  ['UPDATE_ROLLBACK_COMPLETE', 'update'],
  ['IMPORT_ROLLBACK_COMPLETE', 'update'],
  ['UPDATE_FAILED', 'update'],
  ['CREATE_FAILED', 'delete'],
  ['ROLLBACK_COMPLETE', 'delete'],
  ['ROLLBACK_FAILED', 'delete'],
  ['DELETE_FAILED', 'delete'],
  ['UPDATE_ROLLBACK_FAILED', 'continue the rollback'],
  ['CREATE_IN_PROGRESS', 'wait'],
  ['DELETE_IN_PROGRESS', 'wait'],
  ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'wait'],
])('A stack in %s: %s', (status, move) => {
  expect(stackMove(status)).toBe(move);
  expect(isAtWork(status ?? '')).toBe(move === 'wait');
});

const template = {
  Parameters: {
    HomeRegion: { Type: 'String', Default: 'eu-west-1' },
    StandbyRegion: { Type: 'String', Default: '' },
    AlarmConcurrency: { Type: 'Number', Default: 0 },
    InstanceRoles: { Type: 'String', Default: '*' },
    ImageKeys: { Type: 'CommaDelimitedList', Default: '' },
  },
  Conditions: {
    IsHome: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, { Ref: 'HomeRegion' }] },
    HasImageKeys: { 'Fn::Not': [{ 'Fn::Equals': [{ 'Fn::Join': ['', { Ref: 'ImageKeys' }] }, ''] }] },
  },
  Resources: {
    ReleasesTable: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'RetainExceptOnCreate' },
    RegionsTable: { Type: 'AWS::DynamoDB::GlobalTable', Condition: 'IsHome', DeletionPolicy: 'Retain' },
    KeyPolicy: { Type: 'AWS::IAM::Policy', Condition: 'HasImageKeys' },
    AcceptLambdaFunction: { Type: 'AWS::Lambda::Function' },
  },
} as unknown as CloudFormationTemplate;

const home = 'us-east-1';
const stackWith = (parameters: Record<string, string>, more: Partial<StackFact> = {}): StackFact => ({
  name: 'forseti-production',
  id: 'arn:stack',
  status: 'UPDATE_COMPLETE',
  parameters,
  resources: { ServerlessDeploymentBucket: 'bucket' },
  ...more,
});

test.each([
  [10, 10, 0, '0'],
  [50, 50, 0, '0'],
  [104, 104, 0, '0'],
  [105, 105, 0, '5'],
  [1000, 1000, 0, '5'],
  // Others have reserved the rest.
  [1000, 104, 0, '0'],
  // Ours is counted as reserved already.
  [105, 100, 5, '5'],
])(
  'Of a quota of %i with %i unreserved, and %i ours, %s is reserved',
  (limit, unreserved, ofTakeAlarm, value) => {
    const concurrency = { limit, unreserved, ofTakeAlarm };
    const place = { home, standby: undefined, stack: undefined, concurrency };
    expect(stackParameters(template, { stage: 'production' }, place).AlarmConcurrency).toBe(value);
  },
);

test('Home is where one deploys to, no standby unless asked, and the rest are defaults', () => {
  const place = { home, standby: undefined, stack: undefined, concurrency: undefined };
  expect(stackParameters(template, { stage: 'production' }, place)).toEqual({
    HomeRegion: home,
    StandbyRegion: '',
    AlarmConcurrency: '0',
    InstanceRoles: '*',
    ImageKeys: '',
  });
});

test('What the stack was given stays, unless it is asked for otherwise', () => {
  const stack = stackWith({
    HomeRegion: home,
    StandbyRegion: 'us-west-2',
    InstanceRoles: 'web-*',
    ImageKeys: 'k',
  });
  const place = { home, standby: 'us-west-2', stack, concurrency: undefined };
  expect(stackParameters(template, { stage: 'production' }, place)).toMatchObject({
    StandbyRegion: 'us-west-2',
    InstanceRoles: 'web-*',
    ImageKeys: 'k',
  });
  const wishes = { stage: 'production', instanceRoles: 'api', imageKeys: ['a', 'b'] };
  expect(stackParameters(template, wishes, place)).toMatchObject({ InstanceRoles: 'api', ImageKeys: 'a,b' });
  expect(standbyOf({}, stack, home)).toBe('us-west-2');
  expect(standbyOf({ standby: false }, stack, home)).toBeUndefined();
  expect(standbyOf({}, undefined, home)).toBeUndefined();
  // A stack of a region that is neither: home's default was deployed to another region.
  expect(standbyOf({}, stack, 'eu-north-1')).toBeUndefined();
});

test('Resources count only where their conditions hold', () => {
  const ids = (region: string, parameters: Record<string, string>) =>
    Object.keys(activeTemplate(template, { region, parameters }).Resources);
  expect(ids(home, { HomeRegion: home })).toEqual(['ReleasesTable', 'RegionsTable', 'AcceptLambdaFunction']);
  expect(ids('us-west-2', { HomeRegion: home })).not.toContain('RegionsTable');
  expect(ids(home, { HomeRegion: home, ImageKeys: 'a,b' })).toContain('KeyPolicy');
});

const factsOf = (more: Partial<RegionFacts> = {}, standby?: RegionFacts): InstallFacts => ({
  home: { region: home, existing: [], unseen: [], ...more },
  template: { bytes: 500_000, resources: 280, parameters: 5 },
  ...(standby && { standby }),
});
const wishes: Wishes = { stage: 'production' };
const problems = (facts: InstallFacts, wanted: Wishes = wishes): string[] =>
  accountFindings(facts, wanted, template).problems.map(({ what, next }) => `${what} → ${next}`);
const notes = (facts: InstallFacts, wanted: Wishes = wishes): string[] =>
  accountFindings(facts, wanted, template).notes.map(({ what, next }) => `${what} → ${next}`);

test('An empty account with enough concurrency has nothing to tell', () => {
  const facts = factsOf({ concurrency: { limit: 1000, unreserved: 1000, ofTakeAlarm: 0 } });
  expect([...problems(facts), ...notes(facts)]).toEqual([]);
});

test('A small account is told what it does without, and how to ask for more', () => {
  const facts = factsOf({ concurrency: { limit: 10, unreserved: 10, ofTakeAlarm: 0 } });
  expect(problems(facts)).toEqual([]);
  expect(notes(facts)).toEqual([
    expect.stringMatching(/at most 10 functions at once.*request-service-quota-increase.*L-B99A9384/),
  ]);
});

test('Tables of an earlier installation are taken over; what else has our names is in the way', () => {
  const table = {
    logicalId: 'ReleasesTable',
    type: 'AWS::DynamoDB::Table',
    name: 'forseti-production-releases',
  };
  const facts = factsOf({
    existing: [
      table,
      { ...table, name: 'other', differs: 'its keys are id HASH, and not application HASH.' },
      { logicalId: 'AcceptLambdaFunction', type: 'AWS::Lambda::Function', name: 'forseti-production-Accept' },
    ],
  });
  expect(notes(facts)).toEqual([expect.stringMatching(/releases is there from an earlier.*taken over/)]);
  expect(problems(facts)).toEqual([
    expect.stringMatching(/Table other exists and is not Forseti's: its keys are id HASH/),
    expect.stringMatching(/Function forseti-production-Accept exists.*aws lambda delete-function/),
  ]);
});

test.each([
  ['ROLLBACK_COMPLETE', /is in ROLLBACK_COMPLETE \(why\)\..*deleted and made again/],
  ['UPDATE_ROLLBACK_FAILED', /continued first/],
  ['UPDATE_IN_PROGRESS', /waited for/],
])('A stack in %s is told with what becomes of it, and is no problem', (status, text) => {
  const facts = factsOf({ stack: stackWith({}, { status, reason: 'why' }) });
  expect(problems(facts)).toEqual([]);
  expect(notes(facts)).toEqual([expect.stringMatching(text)]);
});

test("Another program's stack of the same name is left alone", () => {
  const stack = stackWith({}, { resources: { Website: 'bucket' } });
  expect(problems(factsOf({ stack }))).toEqual([expect.stringMatching(/is not Forseti's.*--stage NAME/)]);
});

test.each([
  ['its own region', {}, { standby: home }, /cannot be its own standby/],
  [
    'another than it has',
    { stack: stackWith({ HomeRegion: home, StandbyRegion: 'us-west-2' }) },
    { standby: 'eu-central-1' },
    /change one at a time.*--no-standby.*then forseti install --standby eu-central-1/,
  ],
  [
    'any, of a stack that is a standby itself',
    { stack: stackWith({ HomeRegion: 'eu-west-1', StandbyRegion: home }) },
    {},
    /is the standby of eu-west-1\. → Install from its home: --region eu-west-1/,
  ],
])('A standby in %s is refused with the way there', (_, more, wanted, text) => {
  expect(problems(factsOf(more as Partial<RegionFacts>), { ...wishes, ...wanted })).toEqual([
    expect.stringMatching(text),
  ]);
});

test('A standby whose stack belongs to another home is refused', () => {
  const standby: RegionFacts = {
    region: 'us-west-2',
    existing: [],
    unseen: [],
    stack: stackWith({ HomeRegion: 'us-west-2', StandbyRegion: '' }),
  };
  expect(problems(factsOf({}, standby), { ...wishes, standby: 'us-west-2' })).toEqual([
    expect.stringMatching(
      /has us-west-2 as its home, and not us-east-1.*forseti uninstall --region us-west-2/,
    ),
  ]);
});

test("A customer's key of new volumes is suggested until it is given", () => {
  const volumeKey = 'arn:aws:kms:us-east-1:111122223333:key/1';
  expect(notes(factsOf({ volumeKey }))).toEqual([expect.stringMatching(`--image-keys ${volumeKey}`)]);
  expect(notes(factsOf({ volumeKey }), { ...wishes, imageKeys: [volumeKey] })).toEqual([]);
  expect(notes(factsOf({ volumeKey, stack: stackWith({ ImageKeys: volumeKey }) }))).toEqual([]);
});

test('A template beyond the limits of CloudFormation is refused', () => {
  const facts = { ...factsOf(), template: { bytes: 1_000_001, resources: 501, parameters: 201 } };
  expect(problems(facts).map((text) => text.split(';')[0])).toEqual([
    'The template has 1000001 bytes',
    'The template has 501 resources',
    'The template has 201 parameters',
  ]);
});

test('Regions of another partition are refused by name while the stack names commercial ARNs', () => {
  const commercial = { ...template, Metadata: 'arn:aws:states:::lambda:invoke' } as CloudFormationTemplate;
  const facts = { ...factsOf(), home: { region: 'cn-north-1', existing: [], unseen: [] } };
  expect(accountFindings(facts, wishes, commercial).problems).toEqual([
    expect.objectContaining({
      what: expect.stringContaining('cn-north-1 is not a commercial region') as string,
    }),
  ]);
  expect(accountFindings(facts, wishes, template).problems).toEqual([]);
});

const event = (logicalId: string, status: string, reason?: string, type = 'AWS::Lambda::Function') => ({
  id: `${logicalId} ${status}`,
  logicalId,
  type,
  status,
  ...(reason !== undefined && { reason }),
});

test('A failure is told of the resource that failed, not of those that were cancelled for it', () => {
  const found = failuresOf([
    event('A', 'CREATE_COMPLETE'),
    event('B', 'CREATE_FAILED', 'it exists'),
    event('B', 'DELETE_FAILED', 'later'),
    event('C', 'CREATE_FAILED', 'Resource creation cancelled'),
    event('forseti-production', 'ROLLBACK_FAILED', 'all', 'AWS::CloudFormation::Stack'),
  ]);
  expect(found.map(({ reason }) => reason)).toEqual(['it exists']);
});

test.each([
  [
    "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [10]",
    /reserves what the account can spare/,
  ],
  ['forseti-production-x already exists in stack', /remove or rename/],
  [
    'Resource of type \'AWS::Logs::LogGroup\' with identifier \'{"/properties/LogGroupName":"/aws/lambda/forseti-production-Sweep"}\' already exists.',
    /aws logs delete-log-group --log-group-name \/aws\/lambda\/forseti-production-Sweep$/,
  ],
  ['User: ada is not authorized to perform: iam:CreateRole', /that permission/],
  ['Rate exceeded', /too often/],
  ['You have reached your limit of 5', /Ask AWS for more/],
  ['Something else', /run it again: it goes on from here/],
])('The next step after "%s"', (reason, text) => {
  expect(nextStepOf(event('A', 'CREATE_FAILED', reason))).toMatch(text);
});

test('Options that AWS would refuse later are refused at once', () => {
  expect(regionArgument('us-gov-west-1')).toBe('us-gov-west-1');
  expect(() => regionArgument('ireland')).toThrow(/Expected the name of a region/);
  expect(rolesArgument('service/web-*')).toBe('service/web-*');
  expect(() => rolesArgument('web roles')).toThrow(/name of a role/);
  expect(
    keysArgument('arn:aws:kms:eu-west-1:111122223333:key/1, arn:aws:kms:eu-west-1:111122223333:key/2'),
  ).toHaveLength(2);
  expect(() => keysArgument('alias/web')).toThrow(/ARNs of KMS keys/);
});

test('What a stack keeps follows from the template that it was deployed with', () => {
  const stack = stackWith({}, { resources: { ReleasesTable: 'releases', AcceptLambdaFunction: 'accept' } });
  expect(keptOf(template, stack)).toEqual([{ type: 'AWS::DynamoDB::Table', name: 'releases' }]);
});
