/** What an action answers; the SDK layer adds `$metadata`. */
export type Answer<Output> = Omit<Output, '$metadata'>;
