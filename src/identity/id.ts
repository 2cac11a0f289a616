// Ids are UUIDs in the database. Text from outside is only put to it when it is one: anything else is nobody's id.

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id as the database writes it, undefined for what cannot be one. */
export function parseId(text: string): string | undefined {
  const id = text.toLowerCase();
  return UUID.test(id) ? id : undefined;
}
