import { compileStack } from '../../../cli/local/stack';

/** They take what people and other services write. */
const reading = [
  'functions/deploy/Accept',
  'functions/rollback/AcceptRollback',
  'functions/intake/Intake',
  'functions/intake/TakeAlarm',
  'functions/intake/Webhook',
  'functions/messaging/Failback',
  'functions/messaging/Failover',
  'functions/operations/Approve',
  'functions/operations/AwaitServing',
  'functions/operations/Clean',
  'functions/operations/CloseAccess',
  'functions/operations/CloseReplacement',
  'functions/operations/Doctor',
  'functions/operations/EndMaintenance',
  'functions/operations/EndPrewarm',
  'functions/operations/Freeze',
  'functions/operations/HaltDeployment',
  'functions/operations/WatchInstances',
  'functions/operations/OpenAccess',
  'functions/operations/Plan',
  'functions/operations/ReplaceInstance',
  'functions/operations/ReserveCapacity',
  'functions/operations/StartMaintenance',
  'functions/operations/StartPrewarm',
];

// Building the schemas is most of a cold start: a step that takes what another step gave it does without.
test('only functions that read requests or settings carry the schemas', async () => {
  const { bundles } = await compileStack(process.cwd());
  const carrying = Object.entries(bundles).filter(([, { text }]) => text.includes('ZodType'));
  expect(carrying.map(([module]) => module).sort()).toEqual([...reading].sort());
});
