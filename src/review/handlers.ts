// All operations of the desk.
import { appealHandlers } from './appeal-handlers.ts';
import { caseHandlers } from './case-handlers.ts';
import { decisionHandlers } from './decision-handlers.ts';
import type { ReviewDeps } from './desk.ts';
import { entryHandlers } from './entry-handlers.ts';
import { protectionHandlers } from './protection-handlers.ts';

export function reviewHandlers(deps: ReviewDeps) {
  return {
    ...caseHandlers(deps),
    ...decisionHandlers(deps),
    ...entryHandlers(deps),
    ...protectionHandlers(deps),
    ...appealHandlers(deps),
  };
}
