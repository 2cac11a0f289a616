// Beside P4: BIND 9 with the same entries as a zone, each a TXT record: an update of many records over TSIG, and IXFR
// for a secondary that is one step, or all of them, behind. Steps are never merged there.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { Daemon, findProgram, freePorts } from './programs.ts';
import { median, round } from './result.ts';
import { seriesValue } from './seeded-list.ts';

const run = promisify(execFile);
const ZONE = 'list.invalid';
const KEY = 'bench';
const FIRST_SERIAL = 1;
/** More steps tell no more: the bytes go up with each. */
const MOST_STEPS = 100;

export interface ZoneSize {
  entries: number;
  versions: number;
  changes: number;
}

interface Programs {
  named: string;
  dig: string;
  nsupdate: string;
  secret: string;
}

/** Measures BIND 9, or says that it was left out. */
export async function benchZone({ entries, versions, changes }: ZoneSize): Promise<object> {
  const [named, dig, nsupdate, confgen] = await Promise.all(
    ['named', 'dig', 'nsupdate', 'tsig-keygen'].map(findProgram),
  );
  if (!named || !dig || !nsupdate || !confgen) return { leftOut: 'BIND 9 is not installed' };
  const { stdout } = await run(confgen, ['-a', 'hmac-sha256', KEY]);
  const secret = /secret "([^"]+)"/.exec(stdout)?.[1] ?? '';
  const directory = await mkdtemp(join(tmpdir(), 'chadan-bench-'));
  await chmod(directory, 0o777);
  try {
    const steps = Math.min(versions, MOST_STEPS);
    return await measure({ named, dig, nsupdate, secret }, directory, { entries, versions: steps, changes });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(programs: Programs, directory: string, { entries, versions, changes }: ZoneSize) {
  const [port = 0] = await freePorts(1);
  await writeZone(directory, entries);
  await writeFile(join(directory, 'named.conf'), configOf(directory, port, programs.secret));
  const begun = performance.now();
  const daemon = new Daemon(programs.named, ['-g', '-n', '1', '-c', join(directory, 'named.conf')]);
  try {
    const ask = (question: string[]) => askDig(programs, port, question);
    await daemon.until(async () => {
      if ((await serialOf(ask)) !== FIRST_SERIAL) throw new Error('the zone is not loaded');
    }, 10 * 60_000);
    const loadMs = performance.now() - begun;
    const updates: number[] = [];
    for (let step = 0; step < versions; step++) {
      updates.push(await update(programs, port, updateOf(entries, step, changes)));
    }
    const serial = await serialOf(ask);
    const one = await transfer(ask, serial - 1);
    const all = await transfer(ask, FIRST_SERIAL);
    // Each record of a transfer is a line; a step begins and ends with an SOA.
    if (one.records < changes) throw new Error(`IXFR of one step has ${one.records} records`);
    return {
      entries,
      loadMs: Math.round(loadMs),
      updateOf: changes,
      updateMs: round(median(updates)),
      ixfrOneStep: one,
      ixfrManySteps: { steps: versions, ...all },
    };
  } finally {
    await daemon.stop();
  }
}

/** `+8210…` as a name of the zone. */
function nameOf(value: string): string {
  return value.slice(1);
}

async function writeZone(directory: string, entries: number): Promise<void> {
  function* records() {
    yield `$TTL 300\n@ IN SOA ns.${ZONE}. root.${ZONE}. ${FIRST_SERIAL} 3600 600 86400 300\n@ IN NS ns.${ZONE}.\nns IN A 127.0.0.1\n`;
    for (let i = 0; i < entries; i += 10_000) {
      let text = '';
      for (let at = i; at < Math.min(entries, i + 10_000); at++)
        text += `${nameOf(seriesValue(at))} IN TXT "gambling,2027-02-21"\n`;
      yield text;
    }
  }
  const file = join(directory, 'zone');
  await pipeline(Readable.from(records()), createWriteStream(file));
  await chmod(file, 0o666);
}

function configOf(directory: string, port: number, secret: string): string {
  return `
    options { directory "${directory}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
      pid-file "${directory}/pid"; session-keyfile "${directory}/session"; recursion no; dnssec-validation no;
      allow-transfer { key ${KEY}; }; ixfr-from-differences no; max-journal-size unlimited; };
    controls { };
    key ${KEY} { algorithm hmac-sha256; secret "${secret}"; };
    zone "${ZONE}" { type primary; file "zone"; allow-update { key ${KEY}; }; max-ixfr-ratio unlimited; };`;
}

/** Half of it new names, half of it names that go. */
function updateOf(entries: number, step: number, changes: number): string {
  const half = changes / 2;
  let text = '';
  for (let i = 0; i < half; i++) {
    const at = step * half + i;
    text += `update add ${nameOf(seriesValue(entries + at))}.${ZONE}. 300 TXT "gambling,2027-02-21"\n`;
    text += `update delete ${nameOf(seriesValue(at))}.${ZONE}. TXT\n`;
  }
  return text;
}

/** Sends one update; its milliseconds, the program's start included. */
async function update(programs: Programs, port: number, text: string): Promise<number> {
  const begun = performance.now();
  const child = spawn(programs.nsupdate, ['-v', '-y', `hmac-sha256:${KEY}:${programs.secret}`], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    said += part;
  });
  child.stdin.end(`server 127.0.0.1 ${port}\nzone ${ZONE}.\n${text}send\n`);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`nsupdate ended with ${code}: ${said}`);
  return performance.now() - begun;
}

async function askDig({ dig, secret }: Programs, port: number, question: string[]): Promise<string> {
  const args = ['@127.0.0.1', '-p', String(port), '+tcp', '-y', `hmac-sha256:${KEY}:${secret}`, ...question];
  const { stdout } = await run(dig, args, { maxBuffer: 1 << 30 });
  return stdout;
}

async function serialOf(ask: (question: string[]) => Promise<string>): Promise<number> {
  const answer = await ask(['+short', ZONE, 'SOA']);
  return Number(answer.split(' ')[2] ?? Number.NaN);
}

async function transfer(ask: (question: string[]) => Promise<string>, from: number) {
  const begun = performance.now();
  const answer = await ask([ZONE, `IXFR=${from}`]);
  const elapsedMs = performance.now() - begun;
  const bytes = /XFR size: (\d+) records \(messages \d+, bytes (\d+)\)/.exec(answer);
  if (!bytes) throw new Error(`dig said: ${answer.slice(-500)}`);
  return { ms: Math.round(elapsedMs), records: Number(bytes[1]), bytes: Number(bytes[2]) };
}
