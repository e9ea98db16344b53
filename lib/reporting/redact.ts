import type { DeploymentRecord } from '../engine/record';

const secretName = /pass|secret|token|key|credential|auth|private|salt|dsn/i;
const hidden = '(hidden)';
/** Shorter ones would take words out of the text that only look alike. */
const minSecretLength = 4;
/** Longer values of any variable are hidden too: nobody has to read them in a message. */
const longValue = 20;

/** Secrets that have a known form: an address with a password, keys of AWS, tokens of GitHub and GitLab. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]{0,15}:\/\/)[^\s/@:]{0,100}:[^\s/@]{1,500}@/gi, `$1${hidden}@`],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, hidden],
  [/\b(?:gh[pousr]_|github_pat_|glpat-)[A-Za-z0-9_-]{16,}/g, hidden],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, hidden],
];

/** Values of a record that no message may hold: variables that may be secrets, and the names of SecureStrings. */
const valuesOf = ({ extraVars, settings }: Pick<DeploymentRecord, 'extraVars' | 'settings'>): string[] => {
  const { provisioning } = settings;
  const variables = [...Object.entries(provisioning.extraVars), ...Object.entries(extraVars)]
    .map(([name, value]) => [name, String(value)] as const)
    .filter(
      ([name, value]) =>
        value.length >= longValue || (secretName.test(name) && value.length >= minSecretLength),
    )
    .map(([, value]) => value);
  const { source } = provisioning;
  const token =
    source && 'git' in source && source.tokenParameter !== undefined ? [source.tokenParameter] : [];
  return [...variables, ...Object.values(provisioning.secrets), ...token]
    .filter((value) => value.length >= minSecretLength)
    .sort((a, b) => b.length - a.length);
};

/** Far more than is ever shown, so that no half of a secret is. */
const maxTextLength = 20_000;

/** Colours and other control characters of a terminal, and halves of characters: no mail and no chat shows them. */
const printable = (text: string): string =>
  text
    .slice(0, maxTextLength)
    // eslint-disable-next-line no-control-regex
    .replace(/\u001b\[[0-9;]*[A-Za-z]/g, '')
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, ' ')
    .replace(/\p{Surrogate}/gu, '\ufffd');

/**
 * Removes from a text what may be a secret, and control characters: the cause of a failure is often what a program
 * printed.
 */
export const redact = (text: string, record?: Pick<DeploymentRecord, 'extraVars' | 'settings'>): string => {
  const known = (record ? valuesOf(record) : []).reduce(
    (left, value) => left.split(value).join(hidden),
    printable(text),
  );
  return patterns.reduce((left, [pattern, instead]) => left.replace(pattern, instead), known);
};
