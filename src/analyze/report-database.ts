// The engine, DuckDB, on a private directory of this run that is gone when it ends: reports are personal data.
// It never reaches the network, and holds no more memory than it is allowed.
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { CommandError } from '../client/command.ts';

export interface EngineOptions {
  memory: string;
  threads: number;
  temporary?: string | undefined;
}

/** A row as the engine gives it, numbers and times as text. */
export type Row = Record<string, unknown>;

export class ReportDatabase {
  readonly directory: string;
  readonly connection: DuckDBConnection;
  readonly #instance: DuckDBInstance;

  private constructor(directory: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.directory = directory;
    this.#instance = instance;
    this.connection = connection;
  }

  /** Throws CommandError where the engine is not installed or the directory cannot be used. */
  static async open({ memory, threads, temporary = tmpdir() }: EngineOptions): Promise<ReportDatabase> {
    const { DuckDBInstance } = await loadEngine();
    const directory = await mkdtemp(join(temporary, 'chadan-analyze-')).catch(
      (error: NodeJS.ErrnoException) => {
        throw new CommandError(`${temporary}: no temporary directory can be made here (${error.code})`, 1, {
          cause: error,
        });
      },
    );
    try {
      const instance = await DuckDBInstance.create(join(directory, 'reports.duckdb'), {
        memory_limit: memory,
        threads: String(threads),
        temp_directory: join(directory, 'spill'),
        preserve_insertion_order: 'false',
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
      });
      return new ReportDatabase(directory, instance, await instance.connect());
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  async run(sql: string, values: DuckDBValue[] = []): Promise<void> {
    await this.connection.run(sql, values);
  }

  async rows(sql: string, values: DuckDBValue[] = []): Promise<Row[]> {
    return (await this.connection.runAndReadAll(sql, values)).getRowObjectsJson() as Row[];
  }

  /** The rows of one query, as they are made, while other statements run. */
  async *stream(sql: string): AsyncGenerator<Row> {
    const connection = await this.#instance.connect();
    try {
      for await (const rows of (await connection.stream(sql)).yieldRowObjectJson()) yield* rows as Row[];
    } finally {
      connection.closeSync();
    }
  }

  /** Removes what was written, for a program that is about to end: the engine may still be at work. */
  removeNow(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Ends the engine and removes everything it wrote. */
  async close(): Promise<void> {
    this.connection.closeSync();
    this.#instance.closeSync();
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function loadEngine(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch (error) {
    throw new CommandError(
      'analyze needs the optional package @duckdb/node-api, which is not installed or not made for this platform: npm install --include=optional',
      1,
      { cause: error },
    );
  }
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
