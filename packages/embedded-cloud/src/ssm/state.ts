/** The state of the simulated Systems Manager: plain JSON, times in epoch milliseconds. */

/** How an instance's agent behaves, from the cloud's description. The key `*` is for all other instances. */
export interface AgentBehaviour {
  /** Never answers, or stops answering. */
  readonly dead?: boolean;
  readonly version?: string;
  /** Receives commands and never finishes them. */
  readonly hangs?: boolean;
}

/** An instance whose agent has registered. */
export interface ManagedInstance {
  readonly instanceId: string;
  readonly registeredAt: number;
  readonly agentVersion: string;
  status: 'online' | 'offline' | 'gone';
  /** Since when it has this status. */
  since: number;
}

export interface DocumentVersion {
  readonly version: string;
  readonly content: string;
  readonly format: 'JSON' | 'YAML';
  readonly createdAt: number;
}

export interface Document {
  readonly name: string;
  /** `Amazon` for AWS's own documents. */
  readonly owner: string;
  readonly type: string;
  readonly targetType?: string;
  readonly defaultVersion: string;
  readonly latestVersion: string;
  readonly versions: Readonly<Record<string, DocumentVersion>>;
  readonly tags: Readonly<Record<string, string>>;
}

export type InvocationStatus =
  'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelling' | 'Cancelled';

/** How a document's run on an instance will end. It is determined at the start. */
export interface Outcome {
  readonly status: 'Success' | 'Failed' | 'TimedOut';
  readonly statusDetails: string;
  readonly responseCode: number;
  readonly output: string;
  readonly errorOutput: string;
}

export interface Invocation {
  readonly instanceId: string;
  readonly requestedAt: number;
  status: InvocationStatus;
  /** `Undeliverable`, `Terminated`, `DeliveryTimedOut`, …; otherwise the same as the status. */
  statusDetails: string;
  /** When the agent started the document. */
  startedAt?: number;
  endedAt?: number;
  outcome?: Outcome;
}

export interface CommandTarget {
  readonly key: string;
  readonly values: readonly string[];
}

export interface Command {
  readonly id: string;
  readonly documentName: string;
  readonly documentVersion: string;
  readonly comment: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly instanceIds: readonly string[];
  readonly targets: readonly CommandTarget[];
  readonly requestedAt: number;
  /** AWS: the time of the request plus TimeoutSeconds and the document's execution timeout. */
  readonly expiresAt: number;
  readonly timeoutSeconds: number;
  readonly executionTimeoutSeconds: number;
  readonly maxConcurrency: string;
  readonly maxErrors: string;
  readonly bucket?: string;
  readonly prefix?: string;
  status: InvocationStatus;
  statusDetails: string;
  endedAt?: number;
  cancelled: boolean;
  /** In the order in which the command is sent. */
  readonly invocations: Invocation[];
}

/** A configured failure of commands. An omitted property matches all commands. */
export interface FailureRule {
  readonly instanceId?: string;
  readonly version?: string;
  readonly document?: string;
  /** How many more times it applies; always if omitted. */
  times?: number;
  readonly exitCode?: number;
  readonly output?: string;
  readonly errorOutput?: string;
  /** How long the command runs before it fails; by default as long as a success. */
  readonly durationMs?: number;
  /** The document does not end by itself: the execution timeout ends it. */
  readonly hangs?: boolean;
}

/** Where a provisioning document has its version: in a parameter, or in a variable among the extra variables. */
export interface Provisioner {
  readonly parameter: string;
  /** For example `version` in `SSM=True version=v1.4.2`; the whole value if omitted. */
  readonly variable?: string;
  readonly reports?: SourceReport;
}

/** A document that prints first which revision of its source it used. The names are those of its parameters. */
export interface SourceReport {
  readonly source: string;
  /** A branch or a tag within the source. */
  readonly reference: string;
  /** The revision that is asked for, if one is. */
  readonly revision: string;
  /** What stands before the revision. */
  readonly prefix: string;
}

/** What a source holds from a time on: a commit, or the ETag and the version of an object. */
export interface SourceRevision {
  readonly from: number;
  readonly revision: string;
}

export interface ParameterVersion {
  readonly version: number;
  readonly value: string;
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly tier: 'Standard' | 'Advanced';
  readonly modifiedAt: number;
  readonly modifiedBy: string;
  readonly description?: string;
  readonly keyId?: string;
  readonly allowedPattern?: string;
  /** `text` where left out. */
  readonly dataType?: string;
  readonly labels: readonly string[];
}

export interface StoredParameter {
  readonly name: string;
  /** Oldest first, at most 100. */
  readonly versions: readonly ParameterVersion[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface SsmState {
  agents: Record<string, AgentBehaviour>;
  managed: Record<string, ManagedInstance>;
  documents: Record<string, Document>;
  commands: Record<string, Command>;
  /**
   * By document name. A document without an entry has its version in a parameter `Version` or a variable
   * `…version=`.
   */
  provisioners: Record<string, Provisioner>;
  failures: FailureRule[];
  /** By `SOURCE REFERENCE`. What is not listed never changes. */
  sources?: Record<string, SourceRevision[]>;
  /** How long documents run, in milliseconds by name. Without an entry: `commandMs` for provisioning, otherwise 2 s. */
  durations: Record<string, number>;
  parameters: Record<string, StoredParameter>;
}
