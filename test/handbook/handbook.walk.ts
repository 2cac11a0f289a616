// The handbook's exercises, a chapter each, on one host: what the page says that one sees is seen. A backup is made when
// something is listed, and restored when keys were changed since.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Exercise, Host, missingFrom, readExercises } from './host.ts';

const CHAPTERS = [
  ...['install', 'parties', 'upgrade', 'wrong-decision', 'back-up', 'rotate-keys', 'stolen-manifest-key'],
  ...['stolen-token-key', 'stolen-party-key', 'lagging-relay', 'restore', 'lost-database', 'watch'],
];

let host: Host;
let exercises: Map<string, Exercise>;

beforeAll(async () => {
  exercises = new Map((await readExercises('docs/handbook.md')).map((exercise) => [exercise.name, exercise]));
  host = await Host.create();
});
afterAll(() => host?.remove());

it('has an exercise for each chapter', () => {
  expect([...exercises.keys()].toSorted()).toEqual(['shell', ...CHAPTERS].toSorted());
});

describe('exercise', () => {
  it.each(CHAPTERS)('%s', async (name) => {
    const { script, expected } = exercises.get(name) as Exercise;
    const transcript = await host.run(`${exercises.get('shell')?.script}\n${script}`);
    expect(missingFrom(transcript, expected), transcript).toEqual([]);
  });
});
