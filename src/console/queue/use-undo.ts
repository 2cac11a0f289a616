// The last decision, for as long as this page offers to take it back. What is published by then can be released.
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { client, isProblem } from '../api.ts';
import { sentenceOf } from '../problem-alert.tsx';
import { type Decided, invalidateCases } from './decide.ts';
import { tellDecided, tellUndone } from './tell-decided.tsx';

/** @param onUndone told which cases are back */
export function useUndo(onUndone: (decided: Decided) => void) {
  const { i18n } = useTranslation();
  const queries = useQueryClient();
  const last = useRef<{ decided: Decided; toast: string }>(undefined);
  const [published, setPublished] = useState<Decided>();
  const { mutate, isPending } = useMutation({
    mutationFn: undo,
    async onSuccess(decided) {
      tellUndone(decided);
      await Promise.all([
        invalidateCases(queries),
        queries.invalidateQueries({ queryKey: ['get', '/v1/desk'] }),
      ]);
      onUndone(decided);
    },
    onError(error, decided) {
      if (isProblem(error) && error.code === 'published_already') setPublished(decided);
      else notifications.show({ color: 'red', message: sentenceOf(error, i18n) });
    },
  });
  /** Takes the offer away, and gives it. */
  const take = useCallback(() => {
    const taken = last.current;
    last.current = undefined;
    if (taken) notifications.hide(taken.toast);
    return taken?.decided;
  }, []);
  useEffect(() => () => void take(), [take]);
  const undoLast = () => {
    const decided = take();
    if (decided) mutate(decided);
  };
  const offer = (decided: Decided) => {
    take();
    const isUndoable = decided.choice.verdict !== 'request_info';
    const toast = tellDecided(decided, isUndoable ? undoLast : undefined, () => {
      if (last.current?.toast === toast) last.current = undefined;
    });
    if (isUndoable) last.current = { decided, toast };
  };
  return { offer, undo: undoLast, isPending, published, close: () => setPublished(undefined) };
}

async function undo(decided: Decided): Promise<Decided> {
  const { data, error } = await client.POST('/v1/decisions/{decisionId}/undo', {
    params: { path: { decisionId: decided.decisionId } },
  });
  if (!data) throw error;
  return decided;
}
