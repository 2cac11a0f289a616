// `npm run bench -- [ID …] [--scale small|full] [--json]`: measures against the goals, one line an id.
// A goal that is not met is reported, with exit code 0: only a bench that fails to run fails.
import { parseArgs } from 'node:util';
import { benchAnalyze } from './analyze.ts';
import { benchCatchUp } from './catch-up.ts';
import { benchCompact } from './compact.ts';
import { benchCurves } from './curves.ts';
import { benchDesk } from './desk.ts';
import { benchFreshness } from './freshness.ts';
import { benchIngest } from './ingest.ts';
import { benchLookUp } from './look-up.ts';
import { benchNumberParsing } from './number-parsing.ts';
import { benchPublish } from './publish.ts';
import { benchPulls } from './pulls.ts';
import { benchFresh, benchSync } from './relay-sync.ts';
import type { Result } from './result.ts';

type Scale = 'small' | 'full';

const BENCHES: Record<string, (scale: Scale) => Promise<Result>> = {
  P1: benchIngest,
  P2: benchPublish,
  P4: benchCatchUp,
  P8: benchFreshness,
  P9: benchPulls,
  P10: benchDesk,
  P6: benchCompact,
  P3: benchSync,
  P5: benchFresh,
  P7: benchLookUp,
  A1: benchAnalyze,
  N1: benchNumberParsing,
  curves: benchCurves,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: 'string', default: 'small' }, json: { type: 'boolean', default: false } },
});
const ids = positionals.length > 0 ? positionals : Object.keys(BENCHES);
for (const id of ids) {
  const bench = BENCHES[id];
  if (!bench) throw new Error(`there is no bench ${id}; there are ${Object.keys(BENCHES).join(', ')}`);
  if (values.scale !== 'small' && values.scale !== 'full') throw new Error('--scale is small or full');
  print(await bench(values.scale));
}

function print(result: Result): void {
  if (values.json) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  process.stdout.write(
    `${result.id}  ${result.figure} ${result.unit}  ${result.met ? 'met' : 'NOT MET'}  (${result.goal})\n`,
  );
  for (const [name, detail] of Object.entries(result.details)) {
    process.stdout.write(`    ${name}: ${typeof detail === 'object' ? JSON.stringify(detail) : detail}\n`);
  }
}
