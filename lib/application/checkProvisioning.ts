import { type Found, type Path, show } from './explain';
import { fillIn, notPassedOn, placeholdersIn } from './placeholders';
import { documentKind, ownPatterns } from './provisioningDocument';
import type { ApplicationSettings, Settings } from './schema';

type Provisioning = ApplicationSettings['provisioning'];
type Find = (message: string, ...path: Path) => Found;

/** Accepted by every pattern. */
const anyValues = { version: 'v1', commit: '0'.repeat(40) };

/** @param given to the document, where that differs from what the settings say. */
const ofText = (
  find: Find,
  parameter: keyof typeof ownPatterns,
  said: string | undefined,
  advice: string,
  path: Path,
  given = said,
): Found[] =>
  given === undefined || new RegExp(ownPatterns[parameter]).test(given)
    ? []
    : [
        find(
          `is ${show(said)}; Systems Manager would refuse it, since the document takes ${ownPatterns[parameter]}: ${advice}`,
          ...path,
        ),
      ];

/** What may stand in a source for the version that is deployed. */
const ofPlaceholders = (find: Find, text: string, ...path: Path): Found[] =>
  placeholdersIn(text)
    .filter((name) => !(name in anyValues))
    .map((name) => find(`asks for {${name}}; a source may ask for {version} and {commit}`, ...path));

const ofSource = ({ source }: Provisioning, find: Find): Found[] => {
  if (source === undefined)
    return [find('is missing; expected where the playbook is: { s3: s3://BUCKET/KEY } or { git: ADDRESS }')];
  if ('s3' in source)
    return [
      ...ofText(
        find,
        'Source',
        source.s3,
        'give the object a key of letters, digits and ._~:@/%+=,-',
        ['source', 's3'],
        fillIn(source.s3, anyValues),
      ),
      ...ofPlaceholders(find, source.s3, 'source', 's3'),
    ];
  return [
    ...ofText(find, 'Source', source.git, 'expected letters, digits and ._~:@/%+=,-', ['source', 'git']),
    ...ofText(
      find,
      'Reference',
      source.ref,
      'name a branch, a tag or a commit, such as "main", "{version}" or "{commit}"',
      ['source', 'ref'],
      fillIn(source.ref, anyValues),
    ),
    ...ofPlaceholders(find, source.ref, 'source', 'ref'),
    ...ofText(
      find,
      'TokenParameter',
      source.tokenParameter,
      'expected the name of a parameter, such as /shop/git-token',
      ['source', 'tokenParameter'],
    ),
  ];
};

const ofPlaybook = ({ playbook }: Provisioning, find: Find): Found[] => {
  const plain = playbook.replace(/^(\.?\/)+/, '').replace(/^@/, '');
  const advice =
    plain !== playbook && new RegExp(ownPatterns.Playbook).test(plain)
      ? `write ${show(plain)}`
      : 'expected a path inside the source, such as "site.yml" or "plays/web.yml"';
  if (playbook.split('/').includes('..'))
    return [find(`is ${show(playbook)}, which leaves its source; expected a path inside of it`, 'playbook')];
  return ofText(find, 'Playbook', playbook, advice, ['playbook']);
};

const ofOwn = (provisioning: Provisioning, find: Find): Found[] => [
  ...ofSource(provisioning, find),
  ...ofPlaybook(provisioning, find),
];

/** SendCommand (API reference), DocumentName and DocumentVersion. */
const ofDocument = ({ document, documentVersion }: Provisioning, find: Find): Found[] => [
  ...(document === undefined || /^[a-zA-Z0-9_\-.:/]{3,128}$/.test(document)
    ? []
    : [find(`is ${show(document)}; expected the name or the ARN of an SSM document`, 'document')]),
  ...(/^(\$LATEST|\$DEFAULT|[1-9][0-9]*)$/.test(documentVersion)
    ? []
    : [
        find(
          `is ${show(documentVersion)}; expected $DEFAULT, $LATEST or a number from 1 on`,
          'documentVersion',
        ),
      ]),
];

const ofOne = (provisioning: Provisioning, find: Find): Found[] => {
  const kind = documentKind(provisioning.document);
  const others = (): Found[] =>
    notPassedOn(provisioning, provisioning).map(({ key, name, message }) =>
      find(message, key, ...(name === undefined ? [] : [name])),
    );
  const noParameters =
    kind === 'other' || Object.keys(provisioning.parameters).length === 0
      ? []
      : [
          find(
            'are for documents that Forseti does not know; this one gets its parameters from the other keys: remove them',
            'parameters',
          ),
        ];
  return [
    ...ofDocument(provisioning, find),
    ...noParameters,
    ...(kind === 'own' ? ofOwn(provisioning, find) : []),
    ...(kind === 'ansible' && provisioning.source === undefined
      ? [find('has no source; AWS-ApplyAnsiblePlaybooks takes one from S3 or GitHub')]
      : []),
    ...(kind === 'other' ? others() : []),
  ];
};

/**
 * What SendCommand would refuse, or what a document would not be given, as far as the settings alone tell. It is checked
 * when settings are written, not when they are read: a rollback provisions nothing. Preflight asks the document itself.
 */
export const checkProvisioning = ({ applications }: Settings): Found[] =>
  Object.entries(applications).flatMap(([name, { provisioning }]) =>
    ofOne(provisioning, (message, ...path) => ({
      path: ['applications', name, 'provisioning', ...path],
      message,
    })),
  );
