import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import boundaries from 'eslint-plugin-boundaries';
import tseslint from 'typescript-eslint';
import { arrows } from './build/arrows.mjs';

/** Clock, chance, ids and settings are handed in: a step that takes them from the air cannot be rehearsed. */
const handedIn = [
  ['CallExpression[callee.object.name="Date"][callee.property.name="now"]', 'Date.now()'],
  ['NewExpression[callee.name="Date"][arguments.length=0]', 'new Date()'],
  ['CallExpression[callee.object.name="Math"][callee.property.name="random"]', 'Math.random()'],
  ['CallExpression[callee.name="randomUUID"]', 'randomUUID()'],
  ['CallExpression[callee.property.name="randomUUID"]', 'randomUUID()'],
].map(([selector, found]) => ({
  selector,
  message: `${found} is taken from the air; use the clock and ids that are handed in (lib/aws/production.ts).`,
}));

/** AWS returns metric alarms only where a search names no types, so that a composite alarm would not be seen. */
const alarmSearch = {
  name: '@aws-sdk/client-cloudwatch',
  importNames: ['paginateDescribeAlarms', 'DescribeAlarmsCommand'],
  message: 'Search with findAlarms of lib/aws/alarms.ts, which asks for alarms of both types.',
};

export default tseslint.config(
  { ignores: ['node_modules', '.build', 'dist', '.serverless', 'coverage', 'examples/fleets/cdk.ts'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // An action of the embedded cloud, or a step, may be synchronous inside and asynchronous in its contract.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly' },
    },
  },
  {
    files: ['**/*.ts'],
    plugins: { boundaries },
    settings: {
      'import/resolver': { node: { extensions: ['.ts', '.mjs', '.js', '.json'] } },
      // The deepest folder first: the first that matches is the file's.
      'boundaries/elements': Object.keys(arrows)
        .sort((one, other) => other.length - one.length)
        .map((folder) => ({ type: folder, pattern: `${folder}/**`, partialMatch: false })),
    },
    rules: {
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: [
            { allow: { to: { module: { origin: ['external', 'core'] } } } },
            ...Object.entries(arrows).map(([folder, allowed]) => ({
              from: { element: { type: folder } },
              allow: { to: { element: { types: { anyOf: [folder, ...allowed] } } } },
            })),
          ],
        },
      ],
    },
  },
  {
    files: ['lib/**/*.ts', 'functions/**/*.ts'],
    ignores: ['lib/aws/production.ts'],
    rules: { 'no-restricted-syntax': ['error', ...handedIn] },
  },
  {
    files: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'it', message: 'Call it `test`: one name in the whole repository.' },
      ],
    },
  },
  {
    files: ['lib/**/*.ts', 'functions/**/*.ts', 'cli/**/*.ts'],
    ignores: ['lib/aws/alarms.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: [alarmSearch] }] },
  },
  prettier,
);
