// The dashboard and the alerts ask for nothing that a running server does not tell.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { startExchange, type TestExchange } from '../setup/exchange.ts';
import { mobileNumbers, publish, submit, submitAndVerify } from '../setup/walk.ts';

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string }[];
}
interface Rules {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
}

const read = (name: string) =>
  readFile(new URL(`../../deploy/observability/${name}`, import.meta.url), 'utf8');

let exchange: TestExchange;
/** The labels of each series name that a scrape has. */
let scraped: Map<string, Set<string>>;
let text: string;
beforeAll(async () => {
  exchange = await startExchange({
    // Nothing answers there: its metrics are there all the same.
    CHADAN_ARTIFACTS_S3_ENDPOINT: 'http://127.0.0.1:1',
    CHADAN_ARTIFACTS_S3_BUCKET: 'lists',
    CHADAN_ARTIFACTS_S3_ACCESS_KEY_ID: 'none',
    CHADAN_ARTIFACTS_S3_SECRET_ACCESS_KEY: 'none',
  });
  await exchange.party('relay');
  await submitAndVerify(exchange, mobileNumbers(3, 911));
  await submit(exchange, mobileNumbers(2, 912));
  await publish(exchange);
  // By then each job has run, and told of it.
  await vi.waitFor(
    async () =>
      expect((await exchange.anonymous.get('/metrics').expect(200)).text).toMatch(
        /^chadan_job_last_success_timestamp_seconds\{job="audit_chain"\} /m,
      ),
    { timeout: 60_000, interval: 500 },
  );
  ({ text } = await exchange.anonymous.get('/metrics').expect(200));
  scraped = seriesOf(text);
});
afterAll(() => exchange.stop());

function seriesOf(exposition: string): Map<string, Set<string>> {
  const series = new Map<string, Set<string>>();
  for (const [, name = ''] of exposition.matchAll(/^# TYPE (\S+) /gm)) series.set(name, new Set());
  for (const [, name = '', labels = ''] of exposition.matchAll(/^([a-z_0-9]+)(?:\{([^}]*)\})? /gm)) {
    const known = series.get(name) ?? new Set();
    for (const [, label = ''] of labels.matchAll(/([a-z_]+)="/g)) known.add(label);
    series.set(name, known);
  }
  return series;
}

/** Names and labels of the series that an expression asks for; `up` is Prometheus's own. */
function askedFor(expr: string): { name: string; labels: string[] }[] {
  return [...expr.matchAll(/\b((?:chadan|nodejs|process)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)].map(
    ([, name = '', selector = '']) => ({
      name,
      labels: [...selector.matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }),
  );
}

function expectTold(expr: string): void {
  const asked = askedFor(expr);
  if (!expr.includes('up{')) expect(asked.length, expr).toBeGreaterThan(0);
  for (const { name, labels } of asked) {
    expect([...scraped.keys()], `${name} in ${expr}`).toContain(name);
    for (const label of labels)
      expect([...(scraped.get(name) ?? [])], `${label} of ${name}`).toContain(label);
  }
}

test('every panel asks for what a server tells, and lies where no other lies', async () => {
  const { panels } = JSON.parse(await read('dashboard.json')) as { panels: Panel[] };
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const cells = new Set<string>();
  for (const { title, type, gridPos, targets = [] } of panels) {
    if (type !== 'row') expect(targets.length, title).toBeGreaterThan(0);
    for (const { expr } of targets) expectTold(expr);
    const { x, y, w, h } = gridPos;
    expect(x + w).toBeLessThanOrEqual(24);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        expect(cells.has(`${column} ${line}`), title).toBe(false);
        cells.add(`${column} ${line}`);
      }
    }
  }
});

test('every alert asks for what a server tells, and every one is tried on made-up series', async () => {
  const { groups } = parse(await read('alerts.yml')) as Rules;
  const rules = groups.flatMap(({ rules: some }) => some);
  for (const { expr } of rules) expectTold(expr);
  const { tests } = parse(await read('alerts.test.yml')) as {
    tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
  };
  const fired = tests.flatMap((one) => one.alert_rule_test).filter(({ exp_alerts: some }) => some.length > 0);
  expect(new Set(fired.map(({ alertname }) => alertname))).toEqual(new Set(rules.map(({ alert }) => alert)));
});

test('every metric of ours is in the dashboard or in an alert, or says who runs', async () => {
  const told = (await read('dashboard.json')) + (await read('alerts.yml'));
  const unused = [...text.matchAll(/^# TYPE (chadan_\S+) /gm)]
    .map(([, name = '']) => name)
    .filter((name) => !told.includes(name) && name !== 'chadan_build_info');
  expect(unused).toEqual([]);
});

test('the metrics tell the truth about the flow, and no label is an id', async () => {
  const list = 'list="sender-numbers"';
  expect(text).toMatch(new RegExp(`^chadan_list_version\\{${list}\\} 1$`, 'm'));
  expect(text).toMatch(new RegExp(`^chadan_list_entries\\{${list}\\} 3$`, 'm'));
  expect(text).toMatch(/^chadan_review_cases\{status="open"\} 2$/m);
  expect(text).toMatch(new RegExp(`^chadan_relays\\{${list},state="silent"\\} 1$`, 'm'));
  expect(text).toMatch(new RegExp(`^chadan_publish_duration_seconds_count\\{${list}\\} 1$`, 'm'));
  expect(text).toMatch(/^chadan_database_up 1$/m);
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
});
