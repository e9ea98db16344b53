/** STS has no state. */
export type StsState = Readonly<Record<string, never>>;
