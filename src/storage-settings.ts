// The settings of object storage for artifacts, which are all there or none. The secret is never in a fault.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ObjectStorageSettings } from './publish/object-storage.ts';

export const STORAGE_SHAPE = {
  /** Base URL of an S3 service in which snapshots and diffs are kept for all servers. */
  CHADAN_ARTIFACTS_S3_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .refine(
      (url) => URL.canParse(url) && [url, `${url}/`].includes(`${new URL(url).origin}/`),
      'must be scheme, host and port alone',
    )
    .optional(),
  CHADAN_ARTIFACTS_S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
    .optional(),
  CHADAN_ARTIFACTS_S3_REGION: z
    .string()
    .regex(/^[a-z0-9-]+$/, 'must be the name of a region')
    .default('us-east-1'),
  /** What every key in the bucket begins with, such as `chadan/`. */
  CHADAN_ARTIFACTS_S3_PREFIX: z
    .string()
    .regex(/^([A-Za-z0-9._-]+\/)*$/, 'must be names that each end in /')
    .default(''),
  CHADAN_ARTIFACTS_S3_ACCESS_KEY_ID: z.string().optional(),
  CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY: z.string().optional(),
  /** The same in a file, whose first line it is. */
  CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY_FILE: z.string().optional(),
  /** Path under which the proxy in front reads the S3 service and caches it (X-Accel-Redirect). */
  CHADAN_ARTIFACTS_FRONT: z
    .string()
    .regex(/^(\/[a-z0-9_-]+)+$/, 'must be a path such as /artifacts')
    .optional(),
};

type StorageValues = z.infer<z.ZodObject<typeof STORAGE_SHAPE>>;

/** The settings of the S3 service, which are all there or none; what is wrong is added to the faults. */
export function readStorage(values: StorageValues, faults: string[]): ObjectStorageSettings | undefined {
  const endpoint = values.CHADAN_ARTIFACTS_S3_ENDPOINT;
  const bucket = values.CHADAN_ARTIFACTS_S3_BUCKET;
  const accessKeyId = values.CHADAN_ARTIFACTS_S3_ACCESS_KEY_ID;
  const file = values.CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY_FILE;
  const given = values.CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY;
  if (endpoint === undefined) {
    const alone = Object.entries({ bucket, accessKeyId, file, given, front: values.CHADAN_ARTIFACTS_FRONT });
    if (alone.some(([, value]) => value !== undefined))
      faults.push('CHADAN_ARTIFACTS_S3_ENDPOINT: is missing, and the others of CHADAN_ARTIFACTS need it');
    return undefined;
  }
  const secretAccessKey = file === undefined ? given : readSecret(file, faults);
  if (bucket === undefined) faults.push('CHADAN_ARTIFACTS_S3_BUCKET: is missing');
  if (accessKeyId === undefined) faults.push('CHADAN_ARTIFACTS_S3_ACCESS_KEY_ID: is missing');
  if (secretAccessKey === undefined)
    faults.push('CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY: is missing, and its _FILE too');
  if (bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const { CHADAN_ARTIFACTS_S3_REGION: region, CHADAN_ARTIFACTS_S3_PREFIX: prefix } = values;
  return { endpoint, bucket, region, prefix, accessKeyId, secretAccessKey };
}

function readSecret(file: string, faults: string[]): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n', 1)[0]?.trim() || undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    faults.push(`CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY_FILE: cannot be read (${code})`);
    return undefined;
  }
}
