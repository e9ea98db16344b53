import type {
  CreateDocumentCommandInput,
  CreateDocumentCommandOutput,
  DescribeDocumentCommandInput,
  DescribeDocumentCommandOutput,
  DocumentDescription,
  DocumentIdentifier,
  GetDocumentCommandInput,
  GetDocumentCommandOutput,
  ListDocumentsCommandInput,
  ListDocumentsCommandOutput,
} from '@aws-sdk/client-ssm';
import { parse, stringify } from 'yaml';
import { AwsError } from '../../core/errors';
import type { Action, Region } from '../../core/service';
import { stateOf } from '../agents';
import type { Answer } from '../answer';
import { readContent } from '../documents/content';
import { allDocuments, documentArn, findDocument, findVersion } from '../documents/find';
import { paged } from '../paging';
import type { Document, DocumentVersion } from '../state';

const tagsOf = (tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined) =>
  Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));

/** The first version of the document in a request. @throws InvalidDocumentContent, ValidationException */
const readDocument = (region: Region, input: CreateDocumentCommandInput): Document => {
  const name = input.Name ?? '';
  if (!/^[\w.-]{3,128}$/.test(name) || /^(aws|amazon|amzn)/i.test(name))
    throw new AwsError('ValidationException', `Document name ${name} is not valid.`);
  const content = input.Content ?? '';
  readContent(content);
  return {
    name,
    owner: region.account,
    type: input.DocumentType ?? 'Command',
    ...(input.TargetType !== undefined && { targetType: input.TargetType }),
    defaultVersion: '1',
    latestVersion: '1',
    versions: {
      '1': {
        version: '1',
        content,
        format: input.DocumentFormat === 'YAML' ? 'YAML' : 'JSON',
        createdAt: region.now(),
      },
    },
    tags: tagsOf(input.Tags),
  };
};

/** @throws DocumentAlreadyExists, InvalidDocumentContent, ValidationException */
export const createDocumentIn = (region: Region, input: CreateDocumentCommandInput): Document => {
  const { documents } = stateOf(region);
  const document = readDocument(region, input);
  if (documents[document.name])
    throw new AwsError('DocumentAlreadyExists', `Document with same name ${document.name} already exists`);
  documents[document.name] = document;
  return document;
};

/**
 * Updates an `AWS::SSM::Document`. With `UpdateMethod: NewVersion` changed content becomes a new version, which is
 * the default. Otherwise the document is replaced.
 * @throws InvalidDocumentContent, ValidationException
 */
export const putDocumentIn = (
  region: Region,
  input: CreateDocumentCommandInput,
  isNewVersion: boolean,
): Document => {
  const { documents } = stateOf(region);
  const document = readDocument(region, input);
  const before = documents[document.name];
  const last = before?.versions[before.latestVersion];
  const [first] = Object.values(document.versions);
  if (before && last && last.content === first?.content && last.format === first.format) return before;
  if (!before || !first || !isNewVersion) return (documents[document.name] = document);
  const version = String(Number(before.latestVersion) + 1);
  return (documents[document.name] = {
    ...document,
    defaultVersion: version,
    latestVersion: version,
    versions: { ...before.versions, [version]: { ...first, version } },
  });
};

const identify = (document: Document, version: DocumentVersion) => ({
  Name: document.name,
  Owner: document.owner,
  DocumentVersion: version.version,
  DocumentType: document.type as NonNullable<DocumentIdentifier['DocumentType']>,
  DocumentFormat: version.format,
  CreatedDate: new Date(version.createdAt),
  PlatformTypes: ['Linux' as const],
  SchemaVersion: readContent(version.content).schemaVersion,
  ...(document.targetType !== undefined && { TargetType: document.targetType }),
  Tags: Object.entries(document.tags).map(([Key, Value]) => ({ Key, Value })),
});

const describe = (document: Document, version: DocumentVersion): DocumentDescription => {
  const { description, parameters } = readContent(version.content);
  return {
    ...identify(document, version),
    ...(description !== undefined && { Description: description }),
    Parameters: Object.entries(parameters ?? {}).map(([Name, definition]) => ({
      Name,
      Type: definition.type === 'StringList' ? 'StringList' : 'String',
      ...(definition.description !== undefined && { Description: definition.description }),
      ...(definition.default !== undefined && {
        DefaultValue:
          typeof definition.default === 'string' ? definition.default : JSON.stringify(definition.default),
      }),
    })),
    DefaultVersion: document.defaultVersion,
    LatestVersion: document.latestVersion,
    Status: 'Active',
  };
};

export const createDocument: Action<CreateDocumentCommandInput, Answer<CreateDocumentCommandOutput>> = {
  requires: (input, region) => [
    { action: 'ssm:CreateDocument', resource: documentArn(region, input.Name ?? '') },
  ],
  run: (input, region) => {
    const document = createDocumentIn(region, input);
    return {
      DocumentDescription: describe(document, findVersion(document)),
    } satisfies Answer<CreateDocumentCommandOutput>;
  },
};

export const describeDocument: Action<DescribeDocumentCommandInput, Answer<DescribeDocumentCommandOutput>> = {
  requires: (input, region) => [
    { action: 'ssm:DescribeDocument', resource: documentArn(region, input.Name ?? '') },
  ],
  run: (input, region) => {
    const document = findDocument(region, input.Name);
    return {
      Document: describe(document, findVersion(document, input.DocumentVersion)),
    } satisfies Answer<DescribeDocumentCommandOutput>;
  },
};

/** The content in the format that was asked for, whichever it was written in. */
const rewritten = (content: string, format: string): string =>
  format === 'YAML' ? stringify(parse(content)) : JSON.stringify(parse(content), undefined, 2);

export const getDocument: Action<GetDocumentCommandInput, Answer<GetDocumentCommandOutput>> = {
  requires: (input, region) => [
    { action: 'ssm:GetDocument', resource: documentArn(region, input.Name ?? '') },
  ],
  run: (input, region) => {
    const document = findDocument(region, input.Name);
    const version = findVersion(document, input.DocumentVersion);
    const format = input.DocumentFormat ?? version.format;
    return {
      Name: document.name,
      CreatedDate: new Date(version.createdAt),
      DocumentVersion: version.version,
      Status: 'Active',
      Content: format === version.format ? version.content : rewritten(version.content, format),
      DocumentType: document.type as NonNullable<DocumentIdentifier['DocumentType']>,
      DocumentFormat: format,
    } satisfies Answer<GetDocumentCommandOutput>;
  },
};

const meets = (document: Document, key: string, values: readonly string[]): boolean => {
  if (key === 'Name') return values.some((value) => document.name.startsWith(value));
  if (key === 'Owner')
    return values.some((value) => value === 'All' || (value === 'Amazon') === (document.owner === 'Amazon'));
  if (key === 'DocumentType') return values.includes(document.type);
  if (key === 'PlatformTypes') return values.includes('Linux');
  if (key.startsWith('tag:')) return values.includes(document.tags[key.slice(4)] ?? '');
  throw new AwsError('InvalidFilterKey', `The filter key ${key} is not valid.`);
};

export const listDocuments: Action<ListDocumentsCommandInput, Answer<ListDocumentsCommandOutput>> = {
  requires: () => [{ action: 'ssm:ListDocuments', resource: '*' }],
  run: (input, region) => {
    const found = allDocuments(region).filter((document) =>
      (input.Filters ?? []).every(({ Key, Values }) => meets(document, Key ?? '', Values ?? [])),
    );
    const { page, next } = paged(found, input, { least: 1, most: 50, usual: 50 });
    return {
      DocumentIdentifiers: page.map((document) => identify(document, findVersion(document))),
      ...next,
    } satisfies Answer<ListDocumentsCommandOutput>;
  },
};
