/**
 * How the image of a version comes to be. Apart from the schema, so that the CLI's help does not load the schema's
 * parser.
 */
export const strategies = ['deploy-and-snapshot', 'golden-instance'] as const;
