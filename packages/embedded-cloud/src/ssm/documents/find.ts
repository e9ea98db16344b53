import { AwsError } from '../../core/errors';
import type { Region } from '../../core/service';
import { stateOf } from '../agents';
import type { Document, DocumentVersion } from '../state';
import { builtinContents } from './builtin';

const builtin = (name: string): Document | undefined => {
  const content = builtinContents[name];
  return (
    content && {
      name,
      owner: 'Amazon',
      type: 'Command',
      defaultVersion: '1',
      latestVersion: '1',
      versions: {
        '1': { version: '1', content: JSON.stringify(content, undefined, 2), format: 'JSON', createdAt: 0 },
      },
      tags: {},
    }
  );
};

/** ARNs of AWS's own documents have no account. */
export const documentArn = (region: Region, name: string): string =>
  name.startsWith('arn:')
    ? name
    : name.startsWith('AWS-')
      ? `arn:aws:ssm:${region.name}::document/${name}`
      : region.arn('ssm', `document/${name}`);

export const allDocuments = (region: Region): Document[] => [
  ...Object.values(stateOf(region).documents),
  ...Object.keys(builtinContents).flatMap((name) => builtin(name) ?? []),
];

const nameOf = (nameOrArn: string) =>
  nameOrArn.startsWith('arn:') ? nameOrArn.slice(nameOrArn.indexOf('/') + 1) : nameOrArn;

/** @throws InvalidDocument */
export const findDocument = (region: Region, nameOrArn: string | undefined): Document => {
  const name = nameOf(nameOrArn ?? '');
  const document = stateOf(region).documents[name] ?? builtin(name);
  if (!document) throw new AwsError('InvalidDocument', `Document with name ${name} does not exist.`);
  return document;
};

/** @throws InvalidDocumentVersion */
export const findVersion = (document: Document, wanted = '$DEFAULT'): DocumentVersion => {
  const number =
    wanted === '$DEFAULT' ? document.defaultVersion : wanted === '$LATEST' ? document.latestVersion : wanted;
  const version = document.versions[number];
  if (!version)
    throw new AwsError(
      'InvalidDocumentVersion',
      `The document version ${wanted} is not valid or does not exist for document ${document.name}.`,
    );
  return version;
};
