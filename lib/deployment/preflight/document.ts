import {
  DescribeDocumentCommand,
  type DocumentDescription,
  GetDocumentCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { type DocumentKind, documentKind, documentNameOf } from '../../application/provisioningDocument';
import { nameOf } from '../../aws/failure';
import type { StepContext } from '../../engine/context';
import { declaredIn, parameterProblems } from '../../provisioning/declaredParameters';
import type { Provisioning } from '../../provisioning/request';
import { parametersFor } from '../../provisioning/parameters';
import type { DocumentFacts } from './facts';

/**
 * Holds what the document would be given against the document itself, as SendCommand will: that it exists in that
 * version, is a command, and takes these parameters with these values.
 */
export const documentOf = async (
  ssm: SSMClient,
  { record, core }: Pick<StepContext, 'core' | 'record'>,
): Promise<DocumentFacts> => {
  const { documents, region } = core.environment;
  const { document, documentVersion, source } = record.settings.provisioning;
  const name = document ?? documents.provision;
  const kind = documentKind(document, documents.provision);
  const place = { ownDocument: documents.provision, region };
  // The other instances are given what the first one found the source to be: an old version cannot take that.
  const { parameters, problems } = parametersFor(record, place, kind === 'own' ? anyRevision : undefined);
  const note = noteOn(kind, source, record.commit);
  const found = await describe(ssm, name, documentVersion, region);
  const facts = { name, ...(note !== undefined && { note }) };
  if ('problem' in found) return { ...facts, problems: [...problems, found.problem] };
  const declared = declaredIn(found.content);
  // What cannot be expressed at all is told alone: its parameters are not complete.
  const refused = problems.length > 0 ? [] : parameterProblems(declared, parameters);
  return {
    ...facts,
    platforms: found.description.PlatformTypes ?? [],
    problems: [
      ...problems,
      ...refused.map((problem) => `Document ${name}: ${problem}`),
      ...ofKind(found.description, name),
    ],
  };
};

/** Only our own document is given what the first instance found. */
const noteOn = (
  kind: DocumentKind,
  source: Provisioning['source'],
  commit: string | undefined,
): string | undefined => {
  if (kind === 'own' || source === undefined) return undefined;
  if (kind === 'other') return 'which is not given provisioning.source';
  const named = 'ref' in source && (source.ref === commit || /^([0-9a-f]{40}|\{commit\})$/.test(source.ref));
  return named ? undefined : 'which does not pin its source: each instance takes what is there then';
};

const anyRevision = '0'.repeat(40);

/** Run Command runs documents of type Command; our role may run those of this account, and AWS's `AWS-` ones. */
const ofKind = ({ DocumentType: type, Owner: owner }: DocumentDescription, name: string): string[] => [
  ...(type === undefined || type === 'Command'
    ? []
    : [`Document ${name} is of type ${type}; Run Command takes documents of type Command.`]),
  ...(owner === 'Amazon' && !documentNameOf(name).startsWith('AWS-')
    ? [
        `Document ${name} is Amazon's; Forseti's role may run documents of this account, and those of Amazon whose names begin with AWS-. Make one of your own that does the same.`,
      ]
    : []),
];

interface Described {
  readonly description: DocumentDescription;
  /** JSON, in whatever format it was written. */
  readonly content: string;
}

const describe = async (
  ssm: SSMClient,
  name: string,
  version: string,
  region: string,
): Promise<Described | { readonly problem: string }> => {
  // Without a version the default one is described.
  const asked = { Name: name, ...(version !== '$DEFAULT' && { DocumentVersion: version }) };
  try {
    const [{ Document: description = {} }, { Content: content = '{}' }] = await Promise.all([
      ssm.send(new DescribeDocumentCommand(asked)),
      ssm.send(new GetDocumentCommand({ ...asked, DocumentFormat: 'JSON' })),
    ]);
    return { description, content };
  } catch (error) {
    const problem = absence(nameOf(error), name, version, region);
    if (problem === undefined) throw error;
    return { problem };
  }
};

const absence = (error: string, name: string, version: string, region: string): string | undefined => {
  if (error === 'InvalidDocument')
    return `SSM document ${name} does not exist in ${region}; make it, or leave provisioning.document out to use Forseti's own.`;
  if (error === 'InvalidDocumentVersion')
    return `SSM document ${name} has no version ${version}; expected $DEFAULT, $LATEST or a number that it has (provisioning.documentVersion).`;
  if (error === 'AccessDeniedException')
    return `Forseti may not read SSM document ${name}: it may run documents of this account and AWS's own, in ${region}. Copy the document into the account.`;
  return undefined;
};
