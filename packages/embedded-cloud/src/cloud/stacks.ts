/** A resource that a template created: only what is needed to remove it. */
export interface MadeResource {
  /** CloudFormation's type, such as `AWS::SQS::Queue`. */
  readonly type: string;
  /** What `Ref` gives: the physical id. */
  readonly ref: string;
  readonly arn?: string;
  /** Set if the resource stays when the template no longer has it (`DeletionPolicy: Retain`). */
  readonly isRetained?: true;
}

/** What the template created in each region. */
export type Stacks = Readonly<Record<string, readonly MadeResource[]>>;
