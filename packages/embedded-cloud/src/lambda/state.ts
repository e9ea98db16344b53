/** One function, as the template describes it. */
export interface LambdaFunction {
  readonly functionName: string;
  readonly functionArn: string;
  /** `functions/deploy/Accept.handler`: module and export. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
  reservedConcurrency?: number;
  readonly eventInvokeConfig?: EventInvokeConfig;
  /** Queue or topic that gets the event when Lambda gives up an asynchronous invocation (`DeadLetterConfig`). */
  readonly deadLetterArn?: string;
}

/** How asynchronous invocations are retried. */
export interface EventInvokeConfig {
  /** 0 to 2; 2 by default. */
  readonly maximumRetryAttempts?: number;
  /** 60 to 21,600; 6 h by default. */
  readonly maximumEventAgeSeconds?: number;
  /** Queue or topic that gets the record of a failed invocation. */
  readonly onFailureArn?: string;
}

/** A function's URL. */
export interface FunctionUrl {
  readonly urlId: string;
  readonly functionName: string;
  readonly authType: 'NONE' | 'AWS_IAM';
}

/** A statement for everyone (`Principal: *`) in a function's own policy. */
export interface UrlPermission {
  readonly functionName: string;
  readonly action: string;
  /** The statement holds only for a URL of this type (`lambda:FunctionUrlAuthType`). */
  readonly authType?: string;
}

/** One line of a function's log. */
export interface LogLine {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly functionName: string;
  readonly text: string;
}

export interface LambdaState {
  /** By name. */
  readonly functions: Record<string, LambdaFunction>;
  /** By id. Clouds that were saved by older versions have none. */
  urls?: Readonly<Record<string, FunctionUrl>>;
  urlPermissions?: readonly UrlPermission[];
  /** Number of invocations, by name. */
  readonly invocations: Record<string, number>;
  /** The newest lines of all functions, oldest first. */
  readonly logs: LogLine[];
}

/** Limits on stored lines and their length: enough to see what a deployment did, and small enough to save. */
const maxLines = 2000;
const maxLineLength = 4000;

export const addLog = (state: LambdaState, line: LogLine): void => {
  const text =
    line.text.length > maxLineLength
      ? `${line.text.slice(0, maxLineLength)}… (${String(line.text.length)})`
      : line.text;
  state.logs.push({ ...line, text });
  if (state.logs.length > maxLines) state.logs.splice(0, state.logs.length - maxLines);
};

export const emptyState = (): LambdaState => ({ functions: {}, invocations: {}, logs: [] });
