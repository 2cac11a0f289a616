// The formats of `chadan export`, by name.
import { kamailio } from './kamailio.ts';
import { postgresql } from './postgresql.ts';
import { redis } from './redis.ts';
import type { ExportFormat, FormatName } from './target.ts';
import { csv, kannel, nginx, senderLines } from './text-files.ts';

export const FORMATS: Readonly<Record<FormatName, ExportFormat>> = {
  csv,
  national: senderLines('national'),
  digits: senderLines('digits'),
  e164: senderLines('e164'),
  redis,
  postgresql,
  kamailio,
  kannel,
  nginx,
};
