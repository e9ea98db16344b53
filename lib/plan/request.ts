import * as z from 'zod';
import { deployRequestSchema, refuseExcluded } from '../deployment/request';
import { parsed } from '../engine/input';
import { listPrices, priceNames, type Prices } from './prices';

/** What a deployment takes, and prices in the place of the list's. */
export const planRequestSchema = deployRequestSchema.extend({
  prices: z
    .partialRecord(z.enum(priceNames), z.number().nonnegative())
    .optional()
    .describe('Dollars a unit, in the place of the list prices.'),
});
const checkedPlanRequest = planRequestSchema.superRefine(refuseExcluded);

export type PlanRequest = z.output<typeof planRequestSchema>;

/** @throws InvalidRequest that lists all problems. */
export const parsePlanRequest = (input: unknown): PlanRequest =>
  parsed(checkedPlanRequest, input, 'a plan', '{"application": "api", "version": "v1.4.2"}');

export const pricesFor = ({ prices }: Pick<PlanRequest, 'prices'>): Prices => ({ ...listPrices, ...prices });
