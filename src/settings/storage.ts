// The settings of object storage for artifacts, which are all there or none.
import { z } from 'zod';
import type { ObjectStorageSettings } from '../publish/object-storage.ts';
import { httpUrl, setting } from './variable.ts';

export const STORAGE = {
  CHADAN_ARTIFACTS_S3_ENDPOINT: setting(
    httpUrl
      .refine(
        (url) => URL.canParse(url) && [url, `${url}/`].includes(`${new URL(url).origin}/`),
        'must be scheme, host and port alone',
      )
      .optional(),
    {
      description: 'An S3 service in which snapshots and diffs are kept for all servers.',
      form: 'scheme, host and port',
      unset: 'none: in the data directory alone',
    },
  ),
  CHADAN_ARTIFACTS_S3_BUCKET: setting(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
      .optional(),
    { description: 'The bucket, which must exist.', form: 'the name of a bucket', unset: 'none' },
  ),
  CHADAN_ARTIFACTS_S3_REGION: setting(
    z
      .string()
      .regex(/^[a-z0-9-]+$/, 'must be the name of a region')
      .default('us-east-1'),
    { description: "The bucket's region.", form: 'the name of a region' },
  ),
  CHADAN_ARTIFACTS_S3_PREFIX: setting(
    z
      .string()
      .regex(/^([A-Za-z0-9._-]+\/)*$/, 'must be names that each end in /')
      .default(''),
    { description: 'What every key in the bucket begins with, such as `chadan/`.', form: 'ends in `/`' },
  ),
  CHADAN_ARTIFACTS_S3_ACCESS_KEY_ID: setting(z.string().optional(), {
    description: 'Needs GetObject, PutObject, DeleteObject and ListBucket.',
    unset: 'none',
  }),
  CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY: setting(z.string().optional(), {
    description: 'Its secret.',
    unset: 'none',
    secret: true,
  }),
  CHADAN_ARTIFACTS_FRONT: setting(
    z
      .string()
      .regex(/^(\/[a-z0-9_-]+)+$/, 'must be a path such as /artifacts')
      .optional(),
    {
      description:
        'Path under which the proxy in front reads the S3 service and caches it (X-Accel-Redirect).',
      form: 'a path',
      unset: 'no proxy does',
    },
  ),
};

type StorageValues = z.infer<z.ZodObject<typeof STORAGE>>;

/** The settings of the S3 service, which are all there or none; what is wrong is added to the faults. */
export function readStorage(values: StorageValues, faults: string[]): ObjectStorageSettings | undefined {
  const endpoint = values.CHADAN_ARTIFACTS_S3_ENDPOINT;
  const bucket = values.CHADAN_ARTIFACTS_S3_BUCKET;
  const accessKeyId = values.CHADAN_ARTIFACTS_S3_ACCESS_KEY_ID;
  const secretAccessKey = values.CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY;
  if (endpoint === undefined) {
    const alone = [bucket, accessKeyId, secretAccessKey, values.CHADAN_ARTIFACTS_FRONT];
    if (alone.some((value) => value !== undefined))
      faults.push('CHADAN_ARTIFACTS_S3_ENDPOINT: is missing, and the others of CHADAN_ARTIFACTS need it');
    return undefined;
  }
  if (bucket === undefined) faults.push('CHADAN_ARTIFACTS_S3_BUCKET: is missing');
  if (accessKeyId === undefined) faults.push('CHADAN_ARTIFACTS_S3_ACCESS_KEY_ID: is missing');
  if (secretAccessKey === undefined)
    faults.push('CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY: is missing, and its _FILE too');
  if (bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  const { CHADAN_ARTIFACTS_S3_REGION: region, CHADAN_ARTIFACTS_S3_PREFIX: prefix } = values;
  return { endpoint, bucket, region, prefix, accessKeyId, secretAccessKey };
}
