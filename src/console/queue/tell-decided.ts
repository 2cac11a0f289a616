// The word after a decision.
import { notifications } from '@mantine/notifications';
import i18n from '../i18n.ts';
import type { Decided } from './decide.ts';

export function tellDecided({ cases, choice, awaitingSecond }: Decided): void {
  const values = cases.length === 1 ? (cases[0]?.display ?? '') : String(cases.length);
  const waiting = awaitingSecond > 0 ? ` ${i18n.t('decided.awaitingSecond', { count: awaitingSecond })}` : '';
  notifications.show({
    color: choice.verdict === 'reject' ? 'gray' : 'teal',
    message: i18n.t(`decided.${choice.verdict}`, { count: cases.length, values }) + waiting,
  });
}
