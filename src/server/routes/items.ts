/** What collections hold, for their routes. */
import { z } from 'zod';

export const item = z.object({
  id: z.string(),
  path: z.string(),
  folder: z.string(),
  size: z.int(),
  modified: z.string(),
  width: z.int(),
  height: z.int(),
  taken: z.string().optional(),
  hash: z.string(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});

export const collection = z.object({
  name: z.string(),
  count: z.int(),
  folders: z.array(z.string()),
  store: z.string(),
  model: z.object({ name: z.string(), dim: z.int(), fingerprint: z.string() }).optional(),
  syncing: z.boolean(),
});

export const hit = item.extend({ score: z.number().meta({ description: 'The cosine.' }) });
