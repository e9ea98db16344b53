/** Kinds of values that several parts of a description have. */
import * as z from 'zod';

export const duration = z
  .string()
  .regex(/^(\d+(\.\d+)?[smhd])+$/, 'expected a duration such as 90s, 10m or 1h30m')
  .describe('A duration such as 90s, 10m or 1h30m.');
export const tags = z.record(z.string().min(1).max(128), z.string().max(256));
export const zone = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-f]$/, 'expected a zone such as eu-west-1a');
export const regionName = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as eu-west-1');
export const count = (most: number) => z.number().int().min(0).max(most);
