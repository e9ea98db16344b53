/** An event on the region's default bus, as EventBridge passes it to targets, without the fields that the bus adds. */
export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
  /** Epoch milliseconds: when the caller says that it happened; by default when it was put. */
  readonly time?: number;
}
