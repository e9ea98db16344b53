/** How a version comes to be. Apart from the schema, so that help need not load a parser. */
export const strategies = ['deploy-and-snapshot', 'golden-instance'] as const;
