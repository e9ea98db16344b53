import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** The arrows between folders run one way; see "The house" in docs/design.md. */
const never = (files, forbidden) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: forbidden.map((group) => ({ group: [group] })) }] },
});

export default tseslint.config(
  { ignores: ['node_modules', '.build', 'dist', '.serverless', 'coverage'] },
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
      // An action of the local cloud, or a step, may be synchronous inside and asynchronous in its contract.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly' },
    },
  },
  never(['lib/**/*.ts'], ['**/functions/**', '**/cli/**', '**/local/**', '**/rehearsal/**', '**/e2e/**']),
  never(['functions/**/*.ts'], ['**/cli/**', '**/local/**', '**/rehearsal/**', '**/e2e/**']),
  never(['local/**/*.ts'], ['**/lib/**', '**/functions/**', '**/cli/**', '**/rehearsal/**', '**/e2e/**']),
  prettier,
);
