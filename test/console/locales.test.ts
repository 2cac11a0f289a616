// Both languages say everything, and only that.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const read = async (language: string) =>
  JSON.parse(
    await readFile(new URL(`../../src/console/locales/${language}.json`, import.meta.url), 'utf8'),
  ) as object;

/** Paths of the texts with what they take, such as `queue.reports {{shown}}`; forms of one plural are one. */
function textsOf(node: object, path = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(node)) {
    const name = `${path}${key.replace(/_(one|other)$/, '')}`;
    if (typeof value === 'string') {
      const taken = [...value.matchAll(/\{\{(\w+)\}\}/g)].map(([, word]) => word);
      const before = texts.get(name);
      if (before === undefined || before.length < taken.join().length) texts.set(name, taken.sort().join());
    } else for (const [inner, words] of textsOf(value as object, `${name}.`)) texts.set(inner, words);
  }
  return texts;
}

test('every text is there in Korean and in English', async () => {
  const korean = [...textsOf(await read('ko')).keys()].sort();
  const english = [...textsOf(await read('en')).keys()].sort();
  expect(korean).toEqual(english);
  expect(korean.length).toBeGreaterThan(300);
});

test('no text is empty, and Korean texts are Korean', async () => {
  const latin: string[] = [];
  const walk = (node: object, path: string) => {
    for (const [key, value] of Object.entries(node)) {
      if (typeof value !== 'string') walk(value as object, `${path}${key}.`);
      else {
        expect(value.trim(), path + key).not.toBe('');
        if (!/[가-힣]/.test(value)) latin.push(value);
      }
    }
  };
  walk(await read('ko'), '');
  expect(latin).toEqual([]);
});
