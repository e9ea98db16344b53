/** A management event. Times are epoch milliseconds. */
export interface TrailEvent {
  readonly id: string;
  readonly at: number;
  /** When the event history shows it. */
  readonly visibleAt: number;
  /** IAM's prefix. */
  readonly service: string;
  /** The API action: `UpdateAutoScalingGroup`. */
  readonly name: string;
  readonly caller: { readonly kind: string; readonly arn: string; readonly name: string };
  /** The call's input, as the SDK names its members. */
  readonly input: unknown;
}

export interface CloudTrailState {
  /** In the order of the calls. */
  events: TrailEvent[];
}
