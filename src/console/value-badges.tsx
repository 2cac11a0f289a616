// A category, a state and a flag, each in its one colour everywhere.
import { Badge, type MantineColor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from './api.ts';
import { isMalignant } from './words.ts';

export function CategoryBadge({ category }: { category: Schemas['Category'] }) {
  const { t } = useTranslation();
  return (
    <Badge variant="light" color={isMalignant(category) ? 'red' : 'gray'} tt="none">
      {t(`category.${category}`)}
    </Badge>
  );
}

const STATUS_COLORS: Record<Schemas['CaseStatus'], MantineColor> = {
  open: 'indigo',
  awaiting_second: 'orange',
  verified: 'teal',
  rejected: 'gray',
  withdrawn: 'gray',
};

export function CaseStatusBadge({ status }: { status: Schemas['CaseStatus'] }) {
  const { t } = useTranslation();
  return (
    <Badge variant="light" color={STATUS_COLORS[status]} tt="none">
      {t(`caseStatus.${status}`)}
    </Badge>
  );
}

export function FlagBadge({ flag }: { flag: Schemas['CaseFlag'] }) {
  const { t } = useTranslation();
  return (
    <Badge variant="outline" color="orange" tt="none">
      {t(`flag.${flag}`)}
    </Badge>
  );
}
