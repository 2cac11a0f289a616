// The first person: while no administrator can sign in, whoever runs the server finds an invitation for one in a file.
import { changesOf, exchangeAuthor, recordAct } from '../audit/record.ts';
import { type InvitationLink, invite, type PeopleDeps } from './people.ts';
import {
  countAdministrators,
  hasInvitation,
  insertPerson,
  selectAwaitedAdministrator,
} from './person-queries.ts';
import { lockAdministrator, selectFirstOrganization } from './queries.ts';
import { FIRST_ADDRESS } from './sign-in.ts';

/**
 * Invites an administrator where none can sign in: at the first start, and as the way back in for whoever runs the
 * server. Of two servers that start at once, one does.
 * @param isHeld whether an invitation that was made before is still in the file
 * @param keep writes the link down, before the invitation comes into being
 * @returns false when there is an administrator
 */
export function ensureInvitation(
  deps: PeopleDeps,
  isHeld: boolean,
  keep: (invitation: InvitationLink) => Promise<void>,
): Promise<boolean> {
  const at = deps.now();
  return deps.db.transaction().execute(async (trx) => {
    await lockAdministrator(trx);
    if ((await countAdministrators(trx)) > 0) return false;
    const awaited = await selectAwaitedAdministrator(trx);
    if (awaited && isHeld && (await hasInvitation(trx, awaited.id, at))) return true;
    const operator = await selectFirstOrganization(trx, 'operator');
    if (!operator) throw new Error('the operator is not registered');
    const person = {
      organizationId: operator.id,
      email: FIRST_ADDRESS,
      name: FIRST_ADDRESS,
      role: 'admin' as const,
    };
    const id = awaited?.id ?? (await insertPerson(trx, { ...person, at }));
    if (id === undefined) throw new Error(`${FIRST_ADDRESS} is there and cannot be invited`);
    await keep(await invite(deps, trx, id));
    const changes = awaited ? [] : changesOf(null, person);
    await recordAct(trx, exchangeAuthor('inviteUser'), { target: `users/${id}`, at, changes });
    return true;
  });
}
