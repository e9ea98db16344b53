import { compileStack } from '../../../cli/local/stack';

/** Functions that read input from people and other services. */
const reading = [
  'functions/deploy/Accept',
  'functions/rollback/AcceptRollback',
  'functions/intake/Intake',
  'functions/intake/TakeAlarm',
  'functions/intake/WatchAlarms',
  'functions/intake/Webhook',
  'functions/messaging/Failback',
  'functions/messaging/Failover',
  'functions/operations/Approve',
  'functions/operations/AwaitServing',
  'functions/operations/Clean',
  'functions/operations/CloseAccess',
  'functions/operations/CloseReplacement',
  'functions/operations/CopyImages',
  'functions/operations/Doctor',
  'functions/operations/EndMaintenance',
  'functions/operations/EndPrewarm',
  'functions/operations/Freeze',
  'functions/operations/HaltDeployment',
  'functions/operations/WatchDrift',
  'functions/operations/WatchInstances',
  'functions/operations/WayBack',
  'functions/operations/OpenAccess',
  'functions/operations/Plan',
  'functions/operations/ReplaceInstance',
  'functions/operations/ReserveCapacity',
  'functions/operations/StartMaintenance',
  'functions/operations/StartPrewarm',
];

// Building the schemas is most of a cold start. A step with input from another step does not need them.
test('Only functions that read requests or settings carry the schemas', async () => {
  const { bundles } = await compileStack(process.cwd());
  const carrying = Object.entries(bundles).filter(([, { text }]) => text.includes('ZodType'));
  expect(carrying.map(([module]) => module).sort()).toEqual([...reading].sort());
});

test('only functions that match or judge patterns of tags carry the engine for them', async () => {
  const { bundles } = await compileStack(process.cwd());
  const carrying = Object.entries(bundles).filter(([, { text }]) => text.includes('RE2JS'));
  expect(carrying.map(([module]) => module).sort()).toEqual([
    'functions/intake/Intake',
    'functions/operations/Doctor',
    'functions/operations/Plan',
  ]);
  // Half of it is the SDK's clients, a fifth the engine.
  expect(bundles['functions/intake/Intake']?.text.length).toBeLessThan(1_000_000);
});
