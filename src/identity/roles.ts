// Who may do what: the scopes of each role, and which kind of organisation may have a client of it.
// Pure: no database, no HTTP.

export type OrganizationKind = 'carrier' | 'agency' | 'relay' | 'operator';
export type ClientRole = 'carrier' | 'relay' | 'agency' | 'auditor' | 'admin';

const SCOPES = {
  carrier: ['submit'],
  relay: ['pull'],
  agency: ['review', 'publish'],
  auditor: ['audit'],
  admin: ['admin'],
} as const satisfies Record<ClientRole, readonly string[]>;

export type RoleScope = (typeof SCOPES)[ClientRole][number];

// Who oversees the exchange (a ministry, a commission) is on the side of the agency, or engaged by the operator.
// A carrier or a relay never audits: it would read what its competitors hand in.
const KINDS: Record<ClientRole, readonly OrganizationKind[]> = {
  carrier: ['carrier'],
  relay: ['relay'],
  agency: ['agency'],
  auditor: ['operator', 'agency'],
  admin: ['operator'],
};

export const ROLES = Object.keys(KINDS) as readonly ClientRole[];
export const ORGANIZATION_KINDS: readonly OrganizationKind[] = ['carrier', 'agency', 'relay', 'operator'];
export const ALL_SCOPES: readonly RoleScope[] = [...new Set(Object.values(SCOPES).flat())];

/** What a client of this role may ask for. */
export function scopesOf(role: ClientRole): readonly RoleScope[] {
  return SCOPES[role];
}

/** Why an organisation of this kind cannot have a client of this role; undefined when it can. */
export function describeMisfit(role: ClientRole, kind: OrganizationKind): string | undefined {
  if (KINDS[role].includes(kind)) return undefined;
  return `The role ${role} is for an organisation of kind ${KINDS[role].join(' or ')}, not ${kind}.`;
}

/**
 * The scopes of a token, RFC 6749 §3.3: what was asked for, or all of the role's.
 * @param requested space-separated; an empty one counts as not sent (RFC 6749 §3.1)
 * @returns undefined when anything is asked that the role does not have
 */
export function grantScopes(
  role: ClientRole,
  requested: string | undefined,
): readonly RoleScope[] | undefined {
  const own = scopesOf(role);
  const asked = (requested ?? '').split(' ').filter((scope) => scope !== '');
  if (asked.length === 0) return own;
  if (!asked.every((scope) => own.some((known) => known === scope))) return undefined;
  return own.filter((scope) => asked.includes(scope));
}
