// What earlier answers told: ids, cursors, versions. Later requests use it, so that they reach what is behind a mere 404.

const KEPT = 200;

export class Pools {
  readonly #values = new Map<string, unknown[]>();
  readonly #kept = new Set<unknown>();

  /** Never given out, because whoever asks needs it: its own client, its own person. */
  keepOut(value: unknown): void {
    this.#kept.add(value);
  }

  put(name: string, value: unknown): void {
    if (this.#kept.has(value)) return;
    const values = this.#values.get(name) ?? [];
    this.#values.set(name, values);
    values.push(value);
    if (values.length > KEPT) values.splice(0, KEPT / 2);
  }

  /** One of them, rather a late one; undefined while there is none. */
  take<T>(name: string, chance: number): T | undefined {
    const values = this.#values.get(name) ?? [];
    return values[values.length - 1 - (chance % values.length)] as T | undefined;
  }

  /**
   * Takes up what an answer holds.
   * @param path of the operation, whose words say what an `id` is the id of
   * @param parameters of the path that was asked for
   */
  harvest(path: string, parameters: Record<string, string>, body: unknown): void {
    if (Array.isArray(body)) {
      for (const item of body) this.harvest(path, parameters, item);
      return;
    }
    if (typeof body !== 'object' || body === null) return;
    const object = body as Record<string, unknown>;
    const id = idName(path);
    for (const [key, value] of Object.entries(object)) {
      if (value === null) continue;
      if (typeof value === 'object') this.harvest(path, parameters, value);
      else if (key === 'id') this.put(id, value);
      else if (key === 'next') this.put(`cursor ${path}`, value);
      else this.put(key, value);
    }
    this.#putTogether(path, { ...parameters, ...object, [id]: object['id'] });
  }

  /** What only means something together. */
  #putTogether(path: string, seen: Record<string, unknown>): void {
    if (seen['caseId'] && seen['revision'])
      this.put('case', { id: seen['caseId'], revision: seen['revision'] });
    if (seen['candidateId'] && seen['submissionId']) {
      const { submissionId, candidateId } = seen;
      this.put('candidate', { submissionId, candidateId });
    }
    if (seen['epoch'] && seen['listId']) this.put(`state ${seen['listId']}`, { epoch: seen['epoch'] });
    if (seen['kind'] && path === '/v1/organizations')
      this.put(`organization ${seen['kind']}`, seen['organizationId']);
    if (path.endsWith('/versions') && Number.isInteger(seen['version']))
      this.put(`version ${seen['list']}`, seen);
    if (path.endsWith('/entries') && seen['value'])
      this.put('entry', { list: seen['list'], value: seen['value'] });
    if (path.startsWith('/v1/clients') && Array.isArray(seen['keys']) && seen['keys'].length > 1) {
      const [newest] = seen['keys'] as { kid?: string }[];
      this.put('client key', { clientId: seen['clientId'], kid: newest?.kid });
    }
  }
}

/** `/v1/cases/{caseId}/decisions` → `caseId` would be wrong: the answer's id is a decision's. */
function idName(path: string): string {
  const last = path.split('/').findLast((word) => !word.startsWith('{')) ?? '';
  return `${NAMES[last] ?? last.replace(/s$/, '')}Id`;
}

const NAMES: Record<string, string> = { users: 'user', cases: 'case', claims: 'case', invitation: 'user' };
