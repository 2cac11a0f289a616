// Numbers and times as people of the chosen language write them, in the agency's time zone.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

const TIME_ZONE = 'Asia/Seoul';

const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: TIME_ZONE });

/** The day that the agency has, `YYYY-MM-DD`, wherever the browser is. */
export function today(): string {
  return calendar.format(new Date());
}

export interface Formats {
  count(value: number): string;
  share(value: number): string;
  day(time: string): string;
  moment(time: string): string;
  /** How long ago, or until when, in the largest unit that fits. */
  distance(time: string, now?: number): string;
  /** A span in the largest unit that fits. */
  duration(seconds: number): string;
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

export function useFormats(): Formats {
  const language = useTranslation().i18n.resolvedLanguage ?? 'en';
  return useMemo(() => createFormats(language), [language]);
}

function createFormats(language: string): Formats {
  const count = new Intl.NumberFormat(language);
  const share = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: TIME_ZONE });
  const moment = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: TIME_ZONE,
  });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  return {
    count: (value) => count.format(value),
    share: (value) => share.format(value),
    day: (time) => day.format(new Date(time)),
    moment: (time) => moment.format(new Date(time)),
    distance(time, now = Date.now()) {
      const seconds = Math.round((Date.parse(time) - now) / 1000);
      const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? UNITS[3];
      return relative.format(Math.trunc(seconds / length), unit);
    },
    duration(seconds) {
      const [unit, length] = UNITS.find(([, size]) => seconds >= size) ?? UNITS[3];
      const span = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' });
      return span.format(Math.trunc(seconds / length));
    },
  };
}
