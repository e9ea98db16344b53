/**
 * Settings for the store's client (`new DynamoDBClient({ region, ...fastDynamoDb })`): the SDK then puts its middleware
 * together once a command's class and not once a call. Connections are kept open by the SDK itself.
 */
export const fastDynamoDb = { cacheMiddleware: true } as const;
