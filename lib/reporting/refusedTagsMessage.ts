import type { Message } from './message';

/** A tag that led to no deployment, and what to do about it. */
export interface RefusedTag {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly repository: string;
  readonly tag: string;
  readonly commit?: string;
  /** Absent where it matches none, or where that was not looked at. */
  readonly application?: string;
  readonly pushedBy?: string;
  readonly reason: string;
  readonly command: string;
}

/** The message stays readable; `forseti history --refused` has all. */
const most = 20;

/** Tags that were refused in a short time, in one message. */
export const refusedTagsMessage = (tags: readonly RefusedTag[]): Message => {
  const [first] = tags;
  const shown = tags.slice(0, most);
  const by = ({ pushedBy }: RefusedTag): string => (pushedBy === undefined ? '' : ` (pushed by ${pushedBy})`);
  const applications = [...new Set(tags.flatMap(({ application }) => application ?? []))];
  return {
    title:
      tags.length === 1
        ? `tag ${first?.tag ?? ''} of ${first?.repository ?? ''} is not deployed`
        : `${String(tags.length)} tags are not deployed`,
    sign: 'label',
    eventType: 'TagsRefused',
    lines: [
      ...shown.map((tag) => `${tag.reason}${by(tag)}`),
      ...(tags.length > most ? [`And ${String(tags.length - most)} more.`] : []),
    ],
    nextSteps: [
      ...shown
        .slice(0, 5)
        .map(({ tag, command }) => ({ what: `For ${tag}, if it is to be deployed`, command })),
      { what: 'See all of them', command: 'forseti history --refused' },
    ],
    thread: 'refused-tags',
    keywords: ['tags', ...applications],
    resources: [],
    details: { tags: String(tags.length), ...(first && { repository: first.repository }) },
  };
};
