// The texts of the console, so that a flow is written once and walked in both languages.
import { readFile } from 'node:fs/promises';

export type Language = 'ko' | 'en';
export const LANGUAGES: readonly Language[] = ['ko', 'en'];

/** The text under a path such as `entries.release`, in the form for `count`, with its `{{places}}` filled. */
export type Words = (path: string, places?: Record<string, string | number>) => string;

export async function readWords(language: Language): Promise<Words> {
  const file = new URL(`../../src/console/locales/${language}.json`, import.meta.url);
  const texts = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const find = (path: string) =>
    path.split('.').reduce<unknown>((node, key) => (node as typeof texts)?.[key], texts);
  const plurals = new Intl.PluralRules(language);
  return (path, places = {}) => {
    const text = find(path) ?? find(`${path}_${plurals.select(Number(places['count']))}`);
    if (typeof text !== 'string') throw new Error(`no text ${path} in ${language}`);
    return text.replaceAll(/\{\{(\w+)\}\}/g, (_, place: string) => String(places[place]));
  };
}
