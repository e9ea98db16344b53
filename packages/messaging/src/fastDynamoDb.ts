/**
 * Settings for the store's client (`new DynamoDBClient({ region, ...fastDynamoDb })`). With them the SDK assembles its
 * middleware once for each class of commands, and not for each call. It keeps connections open by itself.
 */
export const fastDynamoDb = { cacheMiddleware: true } as const;
