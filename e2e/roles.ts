import { createHash } from 'node:crypto';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { Refusal } from './proxy/answer';
import type { Call } from './proxy/call';
import { regions, type Template, type World } from './world';

/** Who calls, by the key that MiniStack gives a function's role when it checks permissions (its execution_credentials). */
const keyOf = (functionArn: string, roleArn: string): string =>
  `ASIA${createHash('sha256').update(`${functionArn}:${roleArn}`).digest('hex').slice(0, 16).toUpperCase()}`;

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
}
interface Role {
  readonly Policies?: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
}

/** Actions that each function's role allows on anything, by the function's name. */
const allowedByFunction = ({ Resources }: Template): Map<string, ReadonlySet<string>> => {
  const found = new Map<string, ReadonlySet<string>>();
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const { FunctionName, Role } = Properties as {
      FunctionName: string;
      Role: { 'Fn::GetAtt': readonly string[] };
    };
    const role = Resources[Role['Fn::GetAtt'][0] ?? '']?.Properties as Role | undefined;
    const statements = (role?.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    const actions = statements.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
    found.set(FunctionName, new Set(actions));
  }
  return found;
};

export interface Caller {
  readonly functionName: string;
  readonly allowed: ReadonlySet<string>;
}

/** All deployed functions by their keys, in both regions (role ARNs name the region). */
export const callersOf = async ({ connect, template }: World): Promise<Map<string, Caller>> => {
  const allowed = allowedByFunction(template);
  const callers = new Map<string, Caller>();
  for (const region of Object.values(regions))
    for await (const page of paginateListFunctions({ client: connect(LambdaClient, region) }, {}))
      for (const { FunctionName: functionName = '', FunctionArn = '', Role = '' } of page.Functions ?? [])
        callers.set(keyOf(FunctionArn, Role), {
          functionName,
          allowed: allowed.get(functionName) ?? new Set<string>(),
        });
  return callers;
};

/** EC2 and the other Query services have words of their own for it. */
const codes: Readonly<Record<string, string>> = {
  ec2: 'UnauthorizedOperation',
  autoscaling: 'AccessDenied',
  elasticloadbalancing: 'AccessDenied',
};

/**
 * What moto answers it answers to anybody, and for some actions MiniStack does not know the resource. There this run
 * looks at the role of the calling function itself: an action that no statement allows is refused. That the resources and
 * the conditions are the right ones, it does not look at.
 */
export const refusalFor =
  (callers: ReadonlyMap<string, Caller>, isChecked: (call: Call) => boolean) =>
  (call: Call): Refusal | undefined => {
    const caller = callers.get(call.accessKeyId);
    const action = `${call.service}:${call.action}`;
    if (!caller || !isChecked(call) || caller.allowed.has(action)) return undefined;
    const code = codes[call.service] ?? 'AccessDeniedException';
    const message = `${caller.functionName} is not authorized to perform: ${action}`;
    return { status: code === 'AccessDeniedException' ? 400 : 403, code, message };
  };
