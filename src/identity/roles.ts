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

export type PersonRole = 'reviewer' | 'lead' | 'admin' | 'auditor';

const PERSON_SCOPES: Record<PersonRole, readonly RoleScope[]> = {
  reviewer: ['review'],
  lead: ['review', 'publish'],
  admin: ['admin'],
  auditor: ['audit'],
};

const PERSON_KINDS: Record<PersonRole, readonly OrganizationKind[]> = {
  reviewer: ['agency'],
  lead: ['agency'],
  admin: ['operator'],
  auditor: ['agency', 'operator'],
};

export const PERSON_ROLES = Object.keys(PERSON_KINDS) as readonly PersonRole[];

/** What a person of this role may do. */
export function scopesOfPerson(role: PersonRole): readonly RoleScope[] {
  return PERSON_SCOPES[role];
}

/** The kind of organisation that a person of this role belongs to where none is named. */
export function usualKind(role: PersonRole): OrganizationKind {
  return PERSON_KINDS[role][0] as OrganizationKind;
}

/** Why a person of an organisation of this kind cannot have this role; undefined when they can. */
export function describePersonMisfit(role: PersonRole, kind: OrganizationKind): string | undefined {
  if (PERSON_KINDS[role].includes(kind)) return undefined;
  return `The role ${role} is for people of an organisation of kind ${PERSON_KINDS[role].join(' or ')}, not ${kind}.`;
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
