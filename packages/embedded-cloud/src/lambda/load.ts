import { Client } from '@smithy/core/client';
import nodeCrypto from 'node:crypto';
import { seededCrypto, type SeededWorld } from '../core/world';
import { subclass, type ClientClass, type Exit } from '../sdk/connect';

/** This process's module loader: Jest's in a test, Node's in the command line tool. */
const load: NodeJS.Require = require;

/** The names of a module's client classes: `EC2Client`, and the aggregated `EC2`. */
const clientNames = (sdk: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(sdk).filter((name) => {
    const value = sdk[name];
    return typeof value === 'function' && value.prototype instanceof Client;
  });

const namesOf = new WeakMap<object, string[]>();

/** The SDK's module with its client classes replaced by subclasses that call the cloud. */
const simulated = (sdk: Readonly<Record<string, unknown>>, exit: Exit): object => {
  const names = namesOf.get(sdk) ?? clientNames(sdk);
  namesOf.set(sdk, names);
  const classes = names.map((name) => {
    const value = subclass(sdk[name] as ClientClass<object>, exit);
    return [name, { value, enumerable: true }] as const;
  });
  return Object.create(sdk, Object.fromEntries(classes)) as object;
};

/** For code that imports timers: each call uses the timer that is virtual at that time. */
const timers = {
  setTimeout: (then: () => void, delayMs?: number) => setTimeout(then, delayMs),
  clearTimeout: (given: Parameters<typeof clearTimeout>[0]) => {
    clearTimeout(given);
  },
  setInterval: (then: () => void, delayMs?: number) => setInterval(then, delayMs),
  clearInterval: (given: Parameters<typeof clearInterval>[0]) => {
    clearInterval(given);
  },
  setImmediate: (...given: Parameters<typeof setImmediate>) => setImmediate(...given),
  clearImmediate: (given: Parameters<typeof clearImmediate>[0]) => {
    clearImmediate(given);
  },
};

const timerPromises = {
  setTimeout: <Value>(delayMs?: number, value?: Value) =>
    new Promise<Value | undefined>((resolve) => setTimeout(() => resolve(value), delayMs)),
  setImmediate: <Value>(value?: Value) =>
    new Promise<Value | undefined>((resolve) => setImmediate(() => resolve(value))),
};

/**
 * A sandbox's `require`. It gives SDK clients that call the cloud, a seeded `crypto`, virtual timers and the
 * sandbox's own `process`. Everything else is real.
 */
export const sandboxRequire = (
  exit: Exit,
  world: SeededWorld,
  ownProcess: object,
): ((id: string) => unknown) => {
  const modules = new Map<string, unknown>([
    ['process', ownProcess],
    ['crypto', seededCrypto(nodeCrypto, world)],
    ['timers', timers],
    ['timers/promises', timerPromises],
  ]);
  return (id) => {
    const name = id.replace(/^node:/, '');
    const known = modules.get(name);
    if (known) return known;
    if (!id.startsWith('@aws-sdk/client-')) return load(id) as unknown;
    const made = simulated(load(id) as Record<string, unknown>, exit);
    modules.set(name, made);
    return made;
  };
};
