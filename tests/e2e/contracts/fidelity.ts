import type { Foreign, HostName, Result } from '@forseti/embedded-cloud/contracts';

const titles: Readonly<Record<HostName, string>> = {
  local: 'the local cloud',
  ministack: 'MiniStack',
  moto: 'moto',
  dynalite: 'dynalite',
  elasticmq: 'ElasticMQ',
};

/** The result of botocore's models for the corpus: how many requests of an action were checked, and what was wrong. */
export interface RequestCheck {
  readonly checked: number;
  readonly actions: Readonly<Record<string, number>>;
  readonly violations: readonly {
    readonly service: string;
    readonly action: string;
    readonly at: string;
    readonly problem: string;
    readonly input?: unknown;
  }[];
}

interface Proof {
  readonly host: HostName;
  /** Only a refusal was compared, no answer. */
  readonly byRefusal: boolean;
}

interface Standing {
  readonly action: string;
  readonly requests: string;
  readonly provenOn: readonly Proof[];
  readonly whyNot: string;
}

const of = ({ contract }: Result, action: string): boolean => action.startsWith(`${contract.service}:`);
const bare = (action: string): string => action.slice(action.indexOf(':') + 1);

/** Hosts by others that had the same outcome as the embedded cloud, with this action among the compared calls. */
const provenOn = (action: string, results: readonly Result[]): Proof[] => {
  const showing = results.filter(
    (result) => result.outcome === 'same' && of(result, action) && result.seen.includes(bare(action)),
  );
  const ours = new Set(showing.flatMap(({ host, contract }) => (host === 'local' ? contract.holds : [])));
  const others = showing.filter(({ host, contract }) => host !== 'local' && ours.has(contract.holds));
  return [...new Set(others.map(({ host }) => host))].sort().map((host) => ({
    host,
    byRefusal: others.every((one) => one.host !== host || one.refused.includes(bare(action))),
  }));
};

const reasonOf = ({ contract, host, outcome, unknown, seen }: Result, action: string): string[] => {
  const foreign = host as Foreign;
  if (outcome === 'unknown' && unknown === action) return [`${titles[host]} does not know it`];
  if (outcome === 'unknown' && !seen.includes(action))
    return [`${titles[host]} does not know ${unknown ?? ''}, without which it cannot be tried`];
  if (outcome === 'not tried') return [`not tried on ${titles[host]}: ${contract.notOn?.[foreign] ?? ''}`];
  if (outcome === 'differs' && contract.differs?.[foreign]?.at === action)
    return [`${titles[host]} ${contract.differs[foreign].does}`];
  return [];
};

/** Why an action is not proven, from the contracts in which the embedded cloud saw it. */
const reasons = (action: string, results: readonly Result[]): string => {
  const name = bare(action);
  const held = new Set(
    results.flatMap((result) =>
      result.host === 'local' && of(result, action) && result.seen.includes(name)
        ? result.contract.holds
        : [],
    ),
  );
  const found = results
    .filter((result) => result.host !== 'local' && of(result, action) && held.has(result.contract.holds))
    .flatMap((result) => reasonOf(result, name));
  return [...new Set(found)].sort().join('; ') || 'no contract yet';
};

const standingOf = (action: string, results: readonly Result[], requests: RequestCheck): Standing => {
  const wrong = requests.violations.filter((one) => `${one.service}:${one.action}` === action).length;
  const seen = requests.actions[action] ?? 0;
  const on = provenOn(action, results);
  return {
    action,
    requests: wrong > 0 ? 'NOT VALID' : seen > 0 ? 'valid' : 'none seen',
    provenOn: on,
    whyNot: on.length > 0 ? '' : reasons(action, results),
  };
};

const shown = ({ host, byRefusal }: Proof): string => `${titles[host]}${byRefusal ? ' (its refusal)' : ''}`;

const row = ({ action, requests, provenOn: on, whyNot }: Standing): string =>
  `| \`${action}\` | ${requests} | ${on.map(shown).join(', ') || '-'} | ${whyNot} |`;

const differences = (results: readonly Result[]): string[] =>
  results
    .flatMap(({ contract, host }) => {
      const known = host === 'local' ? undefined : contract.differs?.[host];
      if (!known) return [];
      const { at, does, source } = known;
      return [
        `| \`${contract.service}:${at}\` | ${contract.holds} | ${titles[host]} ${does} | [AWS](${source}) |`,
      ];
    })
    .sort();

/** The text of `docs/fidelity.md`, which is the same for the same facts. */
export const fidelity = (
  actions: readonly string[],
  results: readonly Result[],
  requests: RequestCheck,
): string => {
  const standings = actions.map((action) => standingOf(action, results, requests));
  const proven = standings.filter(({ provenOn: on }) => on.length > 0).length;
  const valid = standings.filter((one) => one.requests === 'valid').length;
  return `# How true the local cloud is

Proven: ${String(proven)} of ${String(actions.length)} actions
Valid requests: ${String(valid)} of ${String(actions.length)} actions

\`npm run e2e\` writes this file. It lists every AWS action that Forseti's code calls.

- **Requests**: every distinct request that tests, demo and soak sent to the local cloud was held against the service's own model, as
  botocore ships it: required members, types, lengths, patterns, enums, unknown members. \`none seen\`: none was sent there.
- **The same on**: a contract (\`contracts/\`) that looks at this action's answer, or at its refusal, had the same outcome on the local
  cloud and on an emulator that others wrote, over the real SDK. A difference is never counted, whoever is right. \`(its refusal)\`: only
  a refusal could be compared there.

| action | requests | the same on | why not |
| ------ | -------- | ----------- | ------- |
${standings.map(row).join('\n')}

## Where an emulator does otherwise

AWS's documentation sides with the local cloud in each of these; the run fails when one of them no longer holds.

| action | what holds | what it does | source |
| ------ | ---------- | ------------ | ------ |
${differences(results).join('\n')}
`;
};
