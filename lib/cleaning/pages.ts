/** EC2 takes so many values in a filter. */
export const maxFilterValues = 200;

/** All pages as one list. */
export const allPages = async <Page, Item>(
  pages: AsyncIterable<Page>,
  items: (page: Page) => readonly Item[] | undefined,
): Promise<Item[]> => {
  const found: Item[] = [];
  for await (const page of pages) found.push(...(items(page) ?? []));
  return found;
};
