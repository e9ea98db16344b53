/**
 * CloudFormation and S3 as far as an installation uses them: change sets, their execution at once, events, roll back of
 * what failed, and a bucket.
 */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import type { CloudFormationTemplate } from '@forseti/embedded-cloud';

interface Input {
  readonly StackName: string;
  readonly ChangeSetType: 'CREATE' | 'UPDATE';
  readonly TemplateBody?: string;
  readonly TemplateURL?: string;
  readonly Parameters?: readonly { readonly ParameterKey: string; readonly ParameterValue: string }[];
  readonly Key: string;
  readonly Body: string | Uint8Array;
  readonly Prefix?: string;
  readonly Delete: { readonly Objects: readonly { readonly Key: string }[] };
}

interface StackEvent {
  readonly EventId: string;
  readonly LogicalResourceId: string;
  readonly ResourceType: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
}

const failure = (name: string, message: string): Error => Object.assign(new Error(message), { name });

export class StackDouble {
  status: string | undefined;
  template: Partial<CloudFormationTemplate> = {};
  parameters: Record<string, string> = {};
  readonly objects = new Map<string, string | Uint8Array>();
  readonly calls: { readonly name: string; readonly input: Input }[] = [];
  readonly events: StackEvent[] = [];
  /** The creation of the n-th new resource fails. */
  failsAt: number | undefined;
  failsWith = 'Resource handler returned message: "Something is wrong"';
  /** Why it makes no change set. */
  refuses: string | undefined;
  /** The status after each look, while CloudFormation is at work. */
  readonly coming: string[] = [];
  private made = 0;
  private changeSet: { readonly input: Input; readonly isEmpty: boolean } | undefined;

  readonly client = (
    Class: unknown,
  ): { send: (command: { readonly input: Input }) => Promise<unknown> } | undefined =>
    Class === CloudFormationClient || Class === S3Client
      ? Object.assign(Object.create((Class as typeof S3Client).prototype as object) as object, {
          send: async (command: { readonly input: Input }) => this.answer(command),
        })
      : undefined;

  get names(): string[] {
    return this.calls.map(({ name }) => name);
  }

  /** The names of calls that change something. */
  get changes(): string[] {
    return this.names.filter((name) => !/^(Describe|List|Get|DeleteChangeSet)/.test(name));
  }

  private event(id: string, type: string, status: string, reason?: string): void {
    this.made += 1;
    this.events.unshift({
      EventId: String(this.made),
      LogicalResourceId: id,
      ResourceType: type,
      ResourceStatus: status,
      ...(reason !== undefined && { ResourceStatusReason: reason }),
    });
  }

  private become(status: string): void {
    this.status = status;
    this.event('forseti-production', 'AWS::CloudFormation::Stack', status);
  }

  private execute(): void {
    const { input } = this.changeSet ?? {};
    if (!input) throw failure('ChangeSetNotFoundException', 'no change set');
    const next = this.read(input);
    const word = input.ChangeSetType === 'CREATE' ? 'CREATE' : 'UPDATE';
    this.become(`${word}_IN_PROGRESS`);
    let count = 0;
    for (const [id, { Type }] of Object.entries(next.Resources ?? {})) {
      if (this.template.Resources?.[id]) continue;
      count += 1;
      if (count === this.failsAt) {
        this.event(id, Type, 'CREATE_FAILED', this.failsWith);
        this.event('Other', 'AWS::SQS::Queue', 'CREATE_FAILED', 'Resource creation cancelled');
        this.become(word === 'CREATE' ? 'ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE');
        return;
      }
      this.event(id, Type, 'CREATE_COMPLETE');
    }
    this.template = next;
    this.parameters = Object.fromEntries(
      (input.Parameters ?? []).map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
    );
    this.become(`${word}_COMPLETE`);
  }

  private read({ TemplateBody: body, TemplateURL: url = '' }: Input): CloudFormationTemplate {
    const text = body ?? String(this.objects.get(url.replace(/^https:\/\/[^/]+\/[^/]+\//, '')));
    return JSON.parse(text) as CloudFormationTemplate;
  }

  private answer(command: { readonly input: Input }): unknown {
    const name = command.constructor.name.replace(/Command$/, '');
    const { input } = command;
    this.calls.push({ name, input });
    const missing = () => failure('ValidationError', `Stack with id ${input.StackName} does not exist`);
    switch (name) {
      case 'DescribeStacks':
        if (this.status === undefined) throw missing();
        if (this.coming.length > 0) this.become(this.coming.shift() ?? '');
        return {
          Stacks: [
            {
              StackName: 'forseti-production',
              StackId: 'arn:stack/forseti-production/1',
              StackStatus: this.status,
              Parameters: Object.entries(this.parameters).map(([ParameterKey, ParameterValue]) => ({
                ParameterKey,
                ParameterValue,
              })),
            },
          ],
        };
      case 'ListStackResources':
        return {
          StackResourceSummaries: Object.keys(this.template.Resources ?? {}).map((id) => ({
            LogicalResourceId: id,
            PhysicalResourceId: `${id.toLowerCase()}-1`,
            ResourceStatus: 'CREATE_COMPLETE',
          })),
        };
      case 'DescribeStackEvents':
        if (this.status === undefined) throw missing();
        return { StackEvents: [...this.events] };
      case 'GetTemplate':
        return { TemplateBody: JSON.stringify(this.template) };
      case 'CreateChangeSet': {
        if (this.refuses !== undefined) throw failure('ValidationError', this.refuses);
        if (
          (input.ChangeSetType === 'CREATE') !==
          (this.status === undefined || this.status === 'REVIEW_IN_PROGRESS')
        )
          throw failure('ValidationError', `Stack is in ${String(this.status)}`);
        const now = JSON.stringify([this.template, this.parameters]);
        const then = JSON.stringify([
          this.read(input),
          Object.fromEntries((input.Parameters ?? []).map((one) => [one.ParameterKey, one.ParameterValue])),
        ]);
        this.changeSet = { input, isEmpty: now === then };
        if (input.ChangeSetType === 'CREATE') this.status = 'REVIEW_IN_PROGRESS';
        return { StackId: 'arn:stack/forseti-production/1' };
      }
      case 'DescribeChangeSet':
        return this.changeSet?.isEmpty === true
          ? {
              Status: 'FAILED',
              StatusReason: "The submitted information didn't contain changes. Submit different information.",
            }
          : { Status: 'CREATE_COMPLETE' };
      case 'DeleteChangeSet':
        this.changeSet = undefined;
        return {};
      case 'ExecuteChangeSet':
        this.execute();
        return {};
      case 'DeleteStack':
        if (this.objects.size > 0) this.become('DELETE_FAILED');
        else {
          this.status = undefined;
          this.template = {};
        }
        return {};
      case 'ContinueUpdateRollback':
        this.become('UPDATE_ROLLBACK_IN_PROGRESS');
        return {};
      case 'ListObjectsV2':
        return {
          Contents: [...this.objects.keys()]
            .filter((key) => key.startsWith(input.Prefix ?? ''))
            .map((Key) => ({ Key })),
        };
      case 'PutObject':
        this.objects.set(input.Key, input.Body);
        return {};
      case 'DeleteObjects':
        for (const { Key } of input.Delete.Objects) this.objects.delete(Key);
        return {};
      default:
        throw new Error(`${name} is not doubled.`);
    }
  }
}
