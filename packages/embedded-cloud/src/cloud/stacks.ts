/** A resource that a template made, as much of it as its removal needs. */
export interface MadeResource {
  /** CloudFormation's: `AWS::SQS::Queue`. */
  readonly type: string;
  /** What `Ref` gives: the physical id. */
  readonly ref: string;
  readonly arn?: string;
  /** Stays when the template no longer holds it (`DeletionPolicy: Retain`). */
  readonly isRetained?: true;
}

/** What the template made in each region. */
export type Stacks = Readonly<Record<string, readonly MadeResource[]>>;
