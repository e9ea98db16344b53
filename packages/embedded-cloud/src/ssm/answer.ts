/** The output of an action. The SDK layer adds `$metadata`. */
export type Answer<Output> = Omit<Output, '$metadata'>;
