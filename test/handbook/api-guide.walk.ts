// The API guide's blocks, in its order, against an exchange: what the page says that one sees is seen.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Exercise, Host, missingFrom, readExercises } from './host.ts';

const EXERCISES = ['parties', 'token', 'errors', 'submit', 'review', 'pull', 'outcomes'];

let host: Host;
let exercises: Map<string, Exercise>;

beforeAll(async () => {
  exercises = new Map(
    (await readExercises('docs/api-guide.md')).map((exercise) => [exercise.name, exercise]),
  );
  host = await Host.create();
});
afterAll(() => host?.remove());

it('has the blocks that are run here', () => {
  expect([...exercises.keys()]).toEqual(['shell', ...EXERCISES]);
});

it.each(EXERCISES)('%s', async (name) => {
  const { script, expected } = exercises.get(name) as Exercise;
  const transcript = await host.run(`${exercises.get('shell')?.script}\n${script}`);
  const here = expected.map((line) => line.replaceAll('https://lists.example', host.url));
  expect(missingFrom(transcript, here), transcript).toEqual([]);
});
