// How the work goes that the exchange does by itself, and how long publications take.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export class JobWatch {
  readonly #runs: Counter<'job' | 'result'>;
  readonly #success: Gauge<'job'>;
  readonly #publish: Histogram<'list'>;

  constructor(metrics: Registry) {
    const registers = [metrics];
    this.#runs = new Counter({
      name: 'chadan_job_runs_total',
      help: 'Rounds of work in the background, by how they ended: ok or failed',
      labelNames: ['job', 'result'],
      registers,
    });
    this.#success = new Gauge({
      name: 'chadan_job_last_success_timestamp_seconds',
      help: 'When work in the background last ended well on this server',
      labelNames: ['job'],
      registers,
    });
    this.#publish = new Histogram({
      name: 'chadan_publish_duration_seconds',
      help: 'Time to make and commit a version',
      labelNames: ['list'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    });
  }

  /** Says that a round of a job has ended. */
  ended(job: string, ok: boolean): void {
    // A job that never failed has its zero too, for a rate needs one.
    this.#runs.inc({ job, result: 'failed' }, ok ? 0 : 1);
    this.#runs.inc({ job, result: 'ok' }, ok ? 1 : 0);
    if (ok) this.#success.set({ job }, Date.now() / 1000);
  }

  published(list: string, seconds: number): void {
    this.#publish.observe({ list }, seconds);
  }
}
