/** An event on the region's default bus, as EventBridge hands it to targets, less what the bus adds. */
export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly resources?: readonly string[];
}
