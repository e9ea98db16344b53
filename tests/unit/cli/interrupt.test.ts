import { beforeEnding, makeInterrupt, whenInterrupted } from '../../../cli/terminal/interrupt';

const told: string[] = [];
const interrupt = () => makeInterrupt(() => told.push('end'));
const close = async () => {
  told.push('close');
};
beforeEach(() => {
  told.length = 0;
});

test('If no command listens, the cloud is closed before the process ends', async () => {
  const forget = beforeEnding(close);
  await interrupt()();
  forget();
  expect(told).toEqual(['close', 'end']);
});

test('A command that listens ends in its own way; the second signal closes, the third ends at once', async () => {
  const forgets = [beforeEnding(close), whenInterrupted(() => told.push('asked'))];
  const signal = interrupt();
  await signal();
  expect(told).toEqual(['asked']);
  await signal();
  expect(told).toEqual(['asked', 'close', 'end']);
  await signal();
  expect(told.slice(3)).toEqual(['end']);
  for (const forget of forgets) forget();
});

test('What cannot be closed does not keep the process from ending', async () => {
  const forget = beforeEnding(() => Promise.reject(new Error('the thread has died')));
  await interrupt()();
  forget();
  expect(told).toEqual(['end']);
});
