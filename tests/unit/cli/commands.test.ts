import { join } from 'node:path';
import { readCloudFile } from '../../../cli/local/cloudFile';
import { deployInput } from '../../../cli/commands/deploy';
import { rollbackInput } from '../../../cli/commands/rollback';
import { parseEvent } from '../../../cli/local/event';
import { main } from '../../../cli/main';
import { namesOf } from '../../../lib/aws/stackNames';
import { extraVarArgument } from '../../../cli/session/options';
import { parseDeployRequest } from '../../../lib/deployment/request';
import { parseRollbackRequest } from '../../../lib/rollback/request';
import { keptTerminal } from './support';

const root = join(__dirname, '../../..');

const run = async (...args: string[]) => {
  const terminal = keptTerminal();
  const code = await main(['node', 'forseti', ...args], { root, folder: root, terminal });
  return { code, out: terminal.outs.join('\n'), note: terminal.notes.join('\n') };
};

test.each([
  'init',
  'apply',
  'plan',
  'deploy',
  'status',
  'list',
  'history',
  'rollback',
  'halt',
  'approve',
  'resume-from',
  'regenerate',
  'replace',
  'freeze',
  'unfreeze',
  'dashboard',
  'doctor',
  'demo',
  'completion',
])('The command %s has help with an example', async (command) => {
  const { code, out } = await run(command, '--help');
  expect(code).toBe(0);
  expect(out).toMatch(/Examples?:\n {2}forseti /);
  expect(out).toContain(`  forseti ${command}`);
});

test.each(['reset', 'put-event', 'alarm', 'call', 'webhook', 'advance', 'show'])(
  'The command local %s has help with an example',
  async (command) => {
    const { code, out } = await run('local', command, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`forseti local ${command}`);
  },
);

test.each([
  ['region', 'status'],
  ['region', 'failover'],
  ['region', 'failback'],
  ['region', 'drill'],
  ['region', 'synchronise'],
  ['consumers', 'pause'],
  ['consumers', 'resume'],
  ['queue', 'redrive'],
  ['queue', 'peek'],
  ['webhook', 'url'],
  ['webhook', 'secret'],
])('The command %s %s has help with an example', async (command, verb) => {
  const { code, out } = await run(command, verb, '--help');
  expect(code).toBe(0);
  expect(out).toContain(`  forseti ${command} ${verb}`);
});

test.each([
  [['frobnicate'], 'unknown command'],
  [['histry'], 'Did you mean history?'],
  [['list', '--formt', 'json'], 'Did you mean --format?'],
  [['deploy', 'api'], 'missing required argument'],
  [['deploy', 'api', 'v1;reboot'], 'malformed'],
  [['deploy', 'api', 'v1', '--image', 'mine'], 'ami-0123456789abcdef0'],
  [['deploy', 'api', 'v1', '--strategy', 'hope'], 'Allowed choices'],
  [['deploy', 'api', 'v1', '--despite-freeze', ' '], 'Expected a reason'],
  [['deploy', 'api', 'v1', '--reason', 'x'.repeat(257)], 'at most 256 characters'],
  [['completion'], 'missing required argument'],
  [['completion', 'csh'], 'Allowed choices are bash, zsh, fish'],
  [['plan', 'api'], 'missing required argument'],
  [['plan', 'api', 'v1;reboot'], 'malformed'],
  [['plan', 'api', 'v1', '--price', 'coffee=3'], 'Expected NAME=DOLLARS'],
  [['plan', 'api', 'v1', '--price', 'vcpuHour=-1'], 'Expected NAME=DOLLARS'],
  [['rollback'], 'missing required argument'],
  [['rollback', 'api', '--to', 'v1;reboot'], 'malformed'],
  [['halt', 'api'], "required option '--reason <text>' not specified"],
  [['approve'], 'missing required argument'],
  [['resume-from'], 'missing required argument'],
  [['regenerate'], 'missing required argument'],
  [['regenrate', 'api'], 'Did you mean regenerate?'],
  [['init', 'api', 'web-1'], 'i-0123456789abcdef0'],
  [['init', 'api', 'i-0123456789abcdef0', '--release', 'v1;reboot'], 'malformed'],
  [['replace', 'api'], "missing required argument 'instance'"],
  [['freeze', 'api'], "required option '--reason <text>' not specified"],
  [['freeze', '--reason', 'x'], 'Name one application, or give --all.'],
  [['freeze', 'api', '--all', '--reason', 'x'], 'Name one application, or give --all.'],
  [['freeze', 'api', '--reason', 'x', '--until', 'soon'], 'Expected a time'],
  [['freeze', 'api', '--reason', 'x', '--for', 'long'], 'Expected a duration'],
  [['freeze', 'api', '--reason', 'x', '--for', '1h', '--until', '18:00'], 'cannot be used with'],
  [['unfreeze'], 'Name one application, or give --all.'],
  [['apply', 'nowhere.yml'], 'There is no file nowhere.yml'],
  [['webhook', 'secret'], "missing required argument 'provider'"],
  [['webhook', 'secret', 'bitbucket'], 'Allowed choices are github, gitlab'],
  [['webhook', 'secret', 'github', '--finish', '--rotate'], 'give it alone'],
  [['local', 'advance', 'soon'], 'Expected a duration'],
  [['local', 'alarm'], 'missing required argument'],
  [['local', 'alarm', 'errors', '--state', 'RINGING'], 'Allowed choices are ALARM, OK, INSUFFICIENT_DATA'],
  [['status', 'api', '--format', 'xml'], 'Allowed choices'],
])('The command line %j is bad usage, with exit code 2', async (args, message) => {
  const { code, note } = await run(...args);
  expect(code).toBe(2);
  expect(note).toContain(message);
});

test('The deploy machine takes what deploy sends', () => {
  const options = {
    extraVar: { workers: '8' },
    tags: ['web'],
    skipTags: ['slow'],
    commit: '8f14e45fceea167a5a36dedd4bea2543cdb2c3f7',
    strategy: 'golden-instance',
    reason: 'Friday',
    despiteFreeze: 'repairs the outage',
    despiteAlarms: 'that is what it repairs',
  } as const;
  const input = deployInput({ application: 'api', version: 'v1.4.2', options, requestedBy: 'dana' });
  expect(parseDeployRequest(input)).toEqual({
    application: 'api',
    version: 'v1.4.2',
    extraVars: { workers: '8' },
    tags: ['web'],
    skipTags: ['slow'],
    commit: options.commit,
    strategy: 'golden-instance',
    reason: 'Friday',
    despiteFreeze: 'repairs the outage',
    despiteAlarms: 'that is what it repairs',
    requestedBy: 'dana',
  });
  const image = { image: 'ami-0123456789abcdef0' };
  const ready = deployInput({ application: 'api', version: 'v1', options: image, requestedBy: 'dana' });
  expect(parseDeployRequest(ready)).toMatchObject(image);
  expect(deployInput({ application: 'api', version: 'v1', options: {}, requestedBy: 'dana' })).toEqual({
    application: 'api',
    version: 'v1',
    requestedBy: 'dana',
  });
});

test('The deploy machine takes what resume-from sends', () => {
  const input = deployInput({
    application: 'api',
    version: 'v2',
    options: {},
    resumeFrom: 'api-v2-0123456789ab',
    requestedBy: 'dana',
  });
  expect(parseDeployRequest(input)).toMatchObject({ resumeFrom: 'api-v2-0123456789ab' });
});

test.each([
  [{}, { application: 'api', requestedBy: 'dana' }],
  [
    { to: 'v1.4.1', fast: true, reason: 'orders are lost' },
    {
      application: 'api',
      version: 'v1.4.1',
      fast: true,
      reason: 'orders are lost',
      requestedBy: 'dana',
    },
  ],
])('The rollback machine takes what rollback sends with %j', (options, expected) => {
  expect(parseRollbackRequest(rollbackInput('api', options, 'dana'))).toEqual(expected);
});

test('Extra variables add up; a value may hold "="', () => {
  expect(extraVarArgument('b=x=y', extraVarArgument('a=1'))).toEqual({ a: '1', b: 'x=y' });
  expect(() => extraVarArgument('a-b=1')).toThrow('KEY=VALUE');
});

test.each([
  ['{"source":"forseti.ci","detail-type":"Git Tag Pushed","detail":{"tag":"v2"}}'],
  ['{"Source":"forseti.ci","DetailType":"Git Tag Pushed","Detail":{"tag":"v2"}}'],
])('The text %s is an event', (text) => {
  expect(parseEvent(text, 'event.json')).toEqual({
    Source: 'forseti.ci',
    DetailType: 'Git Tag Pushed',
    Detail: { tag: 'v2' },
    Resources: [],
  });
});

test('An event as PutEvents takes it says when it happened, and nothing that is no instant.', () => {
  const event = { Source: 'forseti.ci', DetailType: 'Git Tag Pushed', Detail: '{}' };
  const told = (Time: unknown) => parseEvent(JSON.stringify({ ...event, Time }), 'event.json');
  expect(told('2026-11-22T10:00:00+02:00').Time).toBe('2026-11-22T08:00:00.000Z');
  expect(() => told('yesterday')).toThrow('Time of event.json is no instant');
});

test.each(['{', '{"source":"x"}', '[]'])('The text %s is no event', (text) => {
  expect(() => parseEvent(text, 'event.json')).toThrow('event.json is no');
});

test('Names follow from region, account and stage', () => {
  const names = namesOf({ region: 'eu-west-1', account: '123456789012', stage: 'staging' });
  expect(names.machineArn).toBe('arn:aws:states:eu-west-1:123456789012:stateMachine:forseti-staging-deploy');
  expect(names.settingsPrefix).toBe('/forseti/staging/applications');
  expect(names.rollbackMachineArn).toMatch(/:stateMachine:forseti-staging-rollback$/);
  expect(names.functionName('Approve')).toBe('forseti-staging-Approve');
});

test.each(['small.yml', 'demo.yml', 'troubled.yml'])('The file %s is a description with settings', (name) => {
  const { description, settings } = readCloudFile(join(root, 'examples', 'clouds', name));
  const groups = Object.values(settings?.applications ?? {}).map(({ group }) => group);
  expect(groups.sort()).toEqual(Object.keys(description.groups).sort());
});
