import * as z from 'zod';
import type { Settings } from '../application/schema';
import { messageOf, nameOf } from '../aws/failure';
import { applicationName, parsed } from '../engine/input';
import { findWayBack, type WayBackTools } from './findWayBack';
import type { WayBack } from './wayBack';

const requestSchema = z.strictObject({
  application: applicationName.optional().describe('All of them unless given.'),
});

/** So many applications at once: each takes some ten reads. */
const atOnce = 5;

/**
 * The ways back of one application, or of all. What cannot be found out is a problem of that application, and no reason
 * to know nothing of the others. A group that does not exist is reported by others.
 * @throws InvalidRequest
 */
export const waysBack = async (
  input: unknown,
  tools: WayBackTools & { readonly readAll: () => Promise<{ readonly settings: Settings }> },
): Promise<{ readonly applications: readonly WayBack[] }> => {
  const { application: only } = parsed(requestSchema, input ?? {}, 'the ways back', '{"application": "api"}');
  const { settings } = await tools.readAll();
  const asked = Object.entries(settings.applications).filter(([name]) => only === undefined || name === only);
  const found: WayBack[] = [];
  for (let start = 0; start < asked.length; start += atOnce)
    found.push(
      ...(
        await Promise.all(
          asked.slice(start, start + atOnce).map(async ([name, one]): Promise<WayBack[]> => {
            try {
              return [await findWayBack(name, one, tools)];
            } catch (error) {
              if (nameOf(error) === 'FleetUnsettled') return [];
              const why = `The way back could not be looked at: ${nameOf(error)}: ${messageOf(error)}`;
              return [{ application: name, passedOver: [], problems: [why] }];
            }
          }),
        )
      ).flat(),
    );
  return { applications: found };
};
