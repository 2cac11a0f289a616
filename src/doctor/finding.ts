// What a check of `chadan doctor` found. Never a secret: texts name files, hosts and figures.

export interface Finding {
  check: string;
  status: 'ok' | 'warn' | 'fail';
  /** What was seen. */
  says: string;
  /** What to do about it. */
  advice?: string;
}

export type Check = () => Promise<Finding | Finding[]>;

export function ok(check: string, says: string): Finding {
  return { check, status: 'ok', says };
}

export function warn(check: string, says: string, advice: string): Finding {
  return { check, status: 'warn', says, advice };
}

export function fail(check: string, says: string, advice: string): Finding {
  return { check, status: 'fail', says, advice };
}
