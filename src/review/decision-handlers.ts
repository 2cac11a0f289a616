// Contract ↔ domain for decisions, their preview, and what carriers answer when asked. No rule is made here.
import type { components } from '../http/generated/openapi.ts';
import type { Handlers } from '../http/handler.ts';
import { caseNumber } from './case-number.ts';
import { awaitsSecond, decideCases, previewDecisions } from './deciding.ts';
import { selectDecisions } from './decision-queries.ts';
import type { ReviewDeps } from './desk.ts';
import { impactOf } from './impact.ts';
import { giveInformation } from './information.ts';
import { toDecision } from './reply.ts';
import { countTold } from './telling-queries.ts';
import { describeUndo, releaseDecided, undoDecision } from './undoing.ts';

type Schemas = components['schemas'];

type UndoOperation = 'getUndo' | 'undoDecision' | 'releaseDecided';
type DecisionOperation = 'decideCase' | 'decideCases' | 'previewDecisions' | 'addInformation' | UndoOperation;

export function decisionHandlers(deps: ReviewDeps): Pick<Handlers, DecisionOperation> {
  return {
    ...undoHandlers(deps),

    async decideCase({ path, body, author }) {
      const { revision, ...ruling } = body;
      const named = [{ id: caseNumber(path.caseId), revision }];
      const { decisionIds } = await decideCases(deps, named, ruling, author);
      return { status: 201, body: await readDecision(deps, decisionIds) };
    },

    async decideCases({ body, author }) {
      const { cases, ...ruling } = body;
      const named = cases.map(({ id, revision }) => ({ id: caseNumber(id), revision }));
      const { decisionIds, awaitingSecond } = await decideCases(deps, named, ruling, author);
      return {
        status: 201,
        body: { decided: decisionIds.length, awaitingSecond, decisionId: String(decisionIds[0]) },
      };
    },

    async previewDecisions({ body, author }) {
      const { cases, ...ruling } = body;
      const named = cases.map(({ id, revision }) => ({ id: caseNumber(id), revision }));
      const { decided, outcomes, refused, errors } = await previewDecisions(deps, named, ruling, author);
      const final = decided.filter((_, i) => outcomes[i] && !awaitsSecond(outcomes[i]));
      const listed = ruling.verdict === 'verify' ? final : [];
      const told = await countTold(
        deps.db,
        final.map(({ id }) => id),
      );
      return {
        status: 200,
        body: {
          decided: decided.length,
          awaitingSecond: decided.length - final.length,
          listed: listed.length,
          ...told,
          refused,
          refusals: errors,
          impact: await impactOf(deps, listed),
        },
      };
    },

    async addInformation({ path, body, author }) {
      return { status: 201, body: await giveInformation(deps, path, body.text, author) };
    },
  };
}

function undoHandlers(deps: ReviewDeps): Pick<Handlers, UndoOperation> {
  const decisionNumber = (id: string) => caseNumber(id, 'decision');
  return {
    async getUndo({ path, author }) {
      return { status: 200, body: await describeUndo(deps, decisionNumber(path.decisionId), author) };
    },

    async undoDecision({ path, author }) {
      const undone = await undoDecision(deps, decisionNumber(path.decisionId), author);
      return { status: 201, body: { undone } };
    },

    async releaseDecided({ path, author }) {
      const released = await releaseDecided(deps, decisionNumber(path.decisionId), author);
      return { status: 201, body: { released } };
    },
  };
}

/** A decision that was just made, as the contract shows it. */
export async function readDecision(deps: ReviewDeps, ids: readonly number[]): Promise<Schemas['Decision']> {
  const [row] = await selectDecisions(deps.db, { ids });
  if (!row) throw new Error('the decision is not there');
  return toDecision(row);
}
