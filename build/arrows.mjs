/**
 * Which folder may import which, by value and by type alike. eslint.config.mjs enforces this allow-list: every import
 * that is not in it is an error. A folder may always import itself.
 */

/** The subjects of `lib` in layers, the lowest first. Each may import those that stand before it. */
const floors = [
  ['aws', 'application'],
  ['engine'],
  ['fleet', 'scaling', 'reporting'],
  ['provisioning', 'image', 'rollout'],
  ['deployment', 'rollback'],
  [
    'drift',
    'failover',
    'history',
    'intake',
    'plan',
    'switches',
    'replacement',
    'cleaning',
    'sweep',
    'health',
  ],
];
const lib = floors.flat().map((subject) => `lib/${subject}`);

/** The folders of the command, the lowest first. */
const rooms = [
  'terminal',
  'session',
  'queries',
  'actions',
  'local',
  'install',
  'views',
  'follow',
  'init',
  'demo',
  'commands',
].map((room) => `cli/${room}`);

const cloud = 'packages/embedded-cloud';
const messaging = 'packages/messaging';

/** @param {readonly string[]} folders @param {readonly string[]} more what each of them may import besides */
const inOrder = (folders, more = []) =>
  folders.map((folder, index) => [folder, [...folders.slice(0, index), ...more]]);

/** Folder to folders that it may import. */
export const arrows = Object.fromEntries([
  ...inOrder(lib, [messaging]),
  ['functions', [...lib, messaging]],
  ...inOrder(rooms, [...lib, messaging, cloud]),
  ['cli', [...rooms, ...lib]],
  [cloud, []],
  [messaging, []],
  // The soak sends messages through the embedded cloud, which the package itself may not import.
  [`${messaging}/soak`, [messaging, cloud]],
  [`${messaging}/bench`, [messaging]],
  [`${messaging}/tests`, [messaging, `${messaging}/soak`, `${messaging}/bench`, cloud]],
  ['tests', [...lib, 'functions', 'cli', ...rooms, cloud, messaging, 'build']],
]);
