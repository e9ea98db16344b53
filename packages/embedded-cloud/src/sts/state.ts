/** STS keeps nothing. */
export type StsState = Readonly<Record<string, never>>;
