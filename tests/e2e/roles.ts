import { createHash } from 'node:crypto';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { Refusal } from './proxy/answer';
import type { Call } from './proxy/call';
import type { Template, World } from './world';

/** The access key that MiniStack gives a function's role when it checks permissions (its execution_credentials). */
const keyOf = (functionArn: string, roleArn: string): string =>
  `ASIA${createHash('sha256').update(`${functionArn}:${roleArn}`).digest('hex').slice(0, 16).toUpperCase()}`;

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Condition?: { readonly StringEquals?: { readonly 'events:source'?: readonly string[] } };
}
interface Role {
  readonly Policies?: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
}

interface Allowed {
  /** Actions that the role allows on any resource. */
  readonly allowed: ReadonlySet<string>;
  /** Sources under which the role may put events. */
  readonly sources: ReadonlySet<string>;
}

/** What each function's role allows, by the function's name. */
const allowedByFunction = ({ Resources }: Template): Map<string, Allowed> => {
  const found = new Map<string, Allowed>();
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const { FunctionName, Role } = Properties as {
      FunctionName: string;
      Role: { 'Fn::GetAtt': readonly string[] };
    };
    const role = Resources[Role['Fn::GetAtt'][0] ?? '']?.Properties as Role | undefined;
    const statements = (role?.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    const allowing = statements.filter(({ Effect }) => Effect === 'Allow');
    found.set(FunctionName, {
      allowed: new Set(allowing.flatMap(({ Action }) => Action)),
      sources: new Set(allowing.flatMap(({ Condition }) => Condition?.StringEquals?.['events:source'] ?? [])),
    });
  }
  return found;
};

export interface Caller extends Allowed {
  readonly functionName: string;
}

/** The functions of all stages have the same roles. */
const inProduction = (functionName: string): string =>
  functionName.replace(/^forseti-.+-([^-]+)$/, 'forseti-production-$1');

/** All deployed functions by their keys, in these regions (role ARNs contain the region). */
export const callersOf = async (
  { connect, template }: Pick<World, 'connect' | 'template'>,
  regions: readonly string[],
): Promise<Map<string, Caller>> => {
  const allowed = allowedByFunction(template);
  const callers = new Map<string, Caller>();
  for (const region of regions)
    for await (const page of paginateListFunctions({ client: connect(LambdaClient, region) }, {}))
      for (const { FunctionName: functionName = '', FunctionArn = '', Role = '' } of page.Functions ?? [])
        callers.set(keyOf(FunctionArn, Role), {
          functionName,
          ...(allowed.get(inProduction(functionName)) ?? {
            allowed: new Set<string>(),
            sources: new Set<string>(),
          }),
        });
  return callers;
};

const isOwnSource = ({ sources }: Caller, body: Buffer): boolean => {
  const { Entries } = JSON.parse(body.toString('utf8')) as {
    Entries: readonly { readonly Source?: string }[];
  };
  return Entries.every(({ Source = '' }) => sources.has(Source));
};

/** EC2 and the other Query services have their own codes for a refusal. */
const codes: Readonly<Record<string, string>> = {
  ec2: 'UnauthorizedOperation',
  autoscaling: 'AccessDenied',
  elasticloadbalancing: 'AccessDenied',
};

/**
 * moto answers every caller, and for some actions MiniStack does not know the resource. For those calls this run
 * checks the role of the calling function itself: it refuses an action that no statement allows, and events under a
 * source that the role does not name. It does not check the resources and the other conditions.
 */
export const refusalFor =
  (callers: ReadonlyMap<string, Caller>, isChecked: (call: Call) => boolean) =>
  (call: Call, body: Buffer): Refusal | undefined => {
    const caller = callers.get(call.accessKeyId);
    const action = `${call.service}:${call.action}`;
    if (!caller || !isChecked(call)) return undefined;
    if (caller.allowed.has(action) && (action !== 'events:PutEvents' || isOwnSource(caller, body)))
      return undefined;
    const code = codes[call.service] ?? 'AccessDeniedException';
    const message = `${caller.functionName} is not authorized to perform: ${action}`;
    return { status: code === 'AccessDeniedException' ? 400 : 403, code, message };
  };
