import * as z from 'zod';
import { application, by, forSeconds, reason, shortenFlag } from '../base/requests';
import { defaultPage } from './page';

/** FixedResponseActionConfig, `MessageBody`. */
const maxFixedBytes = 1_024;
/** A table's item holds 400 KB, a function's answer to a load balancer 1 MB. */
const maxPageBytes = 200_000;

export const maintenanceSchema = z.strictObject({
  application,
  /** HTML. */
  page: z.string().min(1).optional(),
  /** By the load balancer itself: short, without `Retry-After`, and however many ask for it. */
  fixedResponse: z.boolean().optional(),
  forSeconds: forSeconds.optional(),
  shorten: shortenFlag,
  reason: reason.optional(),
  by,
});

export type MaintenanceRequest = z.output<typeof maintenanceSchema>;

/** What is wrong with a page; all of it. */
export const pageProblems = ({
  page = defaultPage,
  fixedResponse,
}: Pick<MaintenanceRequest, 'page' | 'fixedResponse'>): string[] => {
  const bytes = Buffer.byteLength(page);
  if (fixedResponse === true && bytes > maxFixedBytes)
    return [
      `the page has ${String(bytes)} bytes, and a fixed response of a load balancer holds ${String(maxFixedBytes)}; shorten it, or leave --fixed-response away`,
    ];
  return bytes > maxPageBytes
    ? [`the page has ${String(bytes)} bytes; it may have ${String(maxPageBytes)}. Put images elsewhere`]
    : [];
};
