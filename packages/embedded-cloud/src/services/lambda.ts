import { AwsError } from '../core/errors';
import type { AnyAction, Caller, Region, Service } from '../core/service';
import { getAccountSettings } from '../lambda/actions/accountSettings';
import {
  getFunction,
  getFunctionConfiguration,
  putFunctionConcurrency,
} from '../lambda/actions/configuration';
import {
  getEventSourceMapping,
  listEventSourceMappings,
  updateEventSourceMapping,
} from '../lambda/actions/eventSourceMappings';
import { invoke } from '../lambda/actions/invoke';
import { getFunctionUrlConfig } from '../lambda/actions/urls';
import type { Outcome } from '../lambda/answer';
import { deliver, type Waiting } from '../lambda/asynchronous';
import { checkReservation } from '../lambda/concurrency';
import { invokeOnce, type Invoker, type Runtime } from '../lambda/invocation';
import { addUrl } from '../lambda/functionUrls';
import { nameOf } from '../lambda/names';
import type { HttpRequest, HttpResponse } from '../lambda/http';
import { Pool } from '../lambda/pool';
import type { Code } from '../lambda/sandbox';
import {
  emptyState,
  type FunctionUrl,
  type LambdaFunction,
  type LambdaState,
  type UrlPermission,
} from '../lambda/state';
import { requestUrl } from '../lambda/urlRequest';

declare module '../core/service' {
  interface Services {
    lambda: LambdaService;
  }
}

/** How long an event waits in Lambda's own queue before its first attempt. */
const queuedMs = 20;

/** AWS Lambda: functions from the template, each in its own sandboxes. */
export class LambdaService implements Service<LambdaState> {
  state: LambdaState = emptyState();
  readonly actions: Readonly<Record<string, AnyAction>>;
  private readonly invoker: Invoker;
  private readonly pool: Pool;
  /** By module, `functions/deploy/Accept`. It is not saved: a restored cloud gets the code again. */
  private code: Readonly<Record<string, Code>> = {};

  constructor(
    private readonly region: Region,
    runtime: Runtime,
  ) {
    this.pool = new Pool(region.timings.warmForMs);
    this.invoker = {
      region,
      runtime,
      pool: this.pool,
      state: () => this.state,
      codeOf: (handler) => this.code[handler.slice(0, handler.lastIndexOf('.'))],
    };
    this.actions = {
      Invoke: invoke(this),
      GetAccountSettings: getAccountSettings,
      GetFunction: getFunction(this),
      GetFunctionConfiguration: getFunctionConfiguration(this),
      GetFunctionUrlConfig: getFunctionUrlConfig(this),
      PutFunctionConcurrency: putFunctionConcurrency(this),
      ListEventSourceMappings: listEventSourceMappings,
      GetEventSourceMapping: getEventSourceMapping,
      UpdateEventSourceMapping: updateEventSourceMapping,
    };
  }

  /** Loads the functions' code, by module name. Called at installation and after a restore. */
  loadCode(bundles: Readonly<Record<string, Code>>): void {
    this.code = { ...this.code, ...bundles };
    this.pool.clear();
  }

  /** Creates or replaces a function. @throws AwsError `InvalidParameterValueException` where it reserves too much */
  add(definition: Omit<LambdaFunction, 'functionArn'>): LambdaFunction {
    const functionArn = this.region.arn('lambda', `function:${definition.functionName}`);
    const made = { ...definition, functionArn };
    checkReservation(this.region, this.state.functions, made.functionName, made.reservedConcurrency);
    this.state.functions[made.functionName] = made;
    return made;
  }

  /** Gives a function a URL. */
  addUrl(url: FunctionUrl): void {
    addUrl(this.state, url);
  }

  /** Adds a statement for everyone to a function's own policy. */
  permitUrl(permission: UrlPermission): void {
    this.state.urlPermissions = [...(this.state.urlPermissions ?? []), permission];
  }

  /** Sends an HTTP request from the internet to a function URL. */
  request(request: HttpRequest): Promise<HttpResponse> {
    return requestUrl(this.invoker, request);
  }

  /** @throws AwsError `ResourceNotFoundException` */
  find(nameOrArn: string): LambdaFunction {
    const found = this.state.functions[nameOf(nameOrArn)];
    if (found) return found;
    throw new AwsError(
      'ResourceNotFoundException',
      `Function not found: ${this.arnOf(this.region, nameOrArn)}`,
      { statusCode: 404, Type: 'User' },
    );
  }

  arnOf(region: Region, nameOrArn: string): string {
    return region.arn('lambda', `function:${nameOf(nameOrArn)}`);
  }

  /**
   * Invokes a function and waits for its response. The permission of `caller` is checked; AWS's own services need
   * none. `payload` and response are converted to JSON and back.
   * @throws AwsError `TooManyRequestsException`, `ResourceNotFoundException`, or a refusal for a missing permission
   */
  async invoke(
    functionNameOrArn: string,
    payload: unknown,
    options: { readonly caller?: Caller } = {},
  ): Promise<{ readonly payload: unknown } | Extract<Outcome, { error: unknown }>> {
    if (options.caller)
      await this.region.call(options.caller, 'lambda', 'Invoke', {
        FunctionName: functionNameOrArn,
        InvocationType: 'DryRun',
      });
    const outcome = await this.invokeText(this.find(functionNameOrArn), JSON.stringify(payload) ?? 'null');
    return 'error' in outcome ? outcome : { payload: JSON.parse(outcome.payload) as unknown };
  }

  /** Queues an `Event` invocation. @throws AwsError `ResourceNotFoundException` */
  invokeAsync(functionNameOrArn: string, payload: unknown): void {
    this.enqueue(this.find(functionNameOrArn), JSON.stringify(payload) ?? 'null');
  }

  invokeText(definition: LambdaFunction, payload: string): Promise<Outcome> {
    return invokeOnce(this.invoker, definition, payload, this.region.newId());
  }

  enqueue(definition: LambdaFunction, payload: string): void {
    const waiting: Waiting = {
      functionName: definition.functionName,
      requestId: this.region.newId(),
      payload,
      acceptedAt: this.region.now(),
      failures: 0,
      refusals: 0,
    };
    this.region.schedule(queuedMs, 'lambda', 'attempt', waiting);
  }

  async due(kind: string, payload: unknown): Promise<void> {
    if (kind !== 'attempt') throw new Error(`Lambda put no ${kind} on the agenda.`);
    await deliver(this.invoker, payload as Waiting);
  }

  quiet(): boolean {
    return !this.pool.busy;
  }

  renew(): void {
    this.pool.clear();
  }
}

export const makeLambda = (region: Region, runtime: Runtime): LambdaService =>
  new LambdaService(region, runtime);
