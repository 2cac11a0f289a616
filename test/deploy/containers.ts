// Containers without an engine and without a registry of images: buildah and podman with a storage of their own, and a
// stand-in for the official image of Node.js, made of Debian's packages and the binary that the npm registry has.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeBinary } from '../../scripts/node-versions.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What the image is built on here, in place of the NODE_IMAGE of the Containerfile. */
export const STAND_IN = 'localhost/node-stand-in:latest';

// This machine may trust further authorities for its way to the registries.
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';
const STAND_IN_FILE = `FROM scratch
ADD base.tar /
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY ca-certificates.crt ${AUTHORITIES}
ENV NODE_EXTRA_CA_CERTS=${AUTHORITIES}
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \\
 && groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node
`;

export interface Ended {
  code: number | null;
  /** What it printed, without what it said about it. */
  output: string;
  said: string;
}

export class Containers {
  readonly directory: string;
  readonly #store: string[];

  private constructor(directory: string) {
    this.directory = directory;
    this.#store = ['--root', join(directory, 'store'), '--runroot', join(directory, 'run')];
  }

  /** With the stand-in for Node.js built. */
  static async create(nodeMajor: string): Promise<Containers> {
    const directory = await mkdtemp(join(tmpdir(), 'chadan-containers-'));
    await chmod(directory, 0o755);
    const containers = new Containers(directory);
    const context = join(directory, 'stand-in');
    await mkdir(context);
    await must('mmdebstrap', [
      '--quiet',
      '--variant=minbase',
      '--include=ca-certificates',
      'bookworm',
      join(context, 'base.tar'),
    ]);
    await copyFile(await nodeBinary(nodeMajor, directory), join(context, 'node'));
    const modules = (await must('npm', ['root', '--global'])).trim();
    await must('cp', ['--recursive', join(modules, 'npm'), join(context, 'npm')]);
    await copyFile(AUTHORITIES, join(context, 'ca-certificates.crt'));
    await writeFile(join(context, 'Containerfile'), STAND_IN_FILE);
    await containers.build(STAND_IN, context);
    return containers;
  }

  /** Builds an image; `words` are further ones of buildah's. Throws with what it said. */
  async build(tag: string, context: string, ...words: string[]): Promise<void> {
    const how = ['--isolation', 'chroot', '--network', 'host', '--pull-never', '--format', 'docker'];
    await must('buildah', [...this.#store, 'build', ...how, '--tag', tag, ...words, context]);
  }

  /** Runs podman to its end. */
  podman(...words: string[]): Promise<Ended> {
    // runc knows control groups of the first version too. Never above the limits that we have ourselves.
    const engine = ['--runtime', 'runc', '--cgroup-manager', 'cgroupfs'];
    return end('podman', [...this.#store, ...engine, ...words]);
  }

  /** Starts a container on the host's network, as in production: a root file system that nobody can write. */
  async start(name: string, ...words: string[]): Promise<void> {
    const limits = ['--ulimit', 'nofile=10000:10000', '--ulimit', 'nproc=10000:10000'];
    const how = ['--detach', '--pull', 'never', '--network', 'host', '--cgroups', 'no-conmon', ...limits];
    const { code, said } = await this.podman('run', '--name', name, ...how, ...words);
    if (code !== 0) throw new Error(`podman run ended with ${code}: ${said}`);
  }

  /** Ends every container and removes all that was made. */
  async remove(): Promise<void> {
    await this.podman('rm', '--all', '--force', '--time', '5');
    await this.podman('image', 'rm', '--all', '--force');
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Runs a program; throws with what it said where it fails. */
export async function must(program: string, words: string[], cwd = ROOT): Promise<string> {
  const { code, output, said } = await end(program, words, cwd);
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${(output + said).slice(-4000)}`);
  return output;
}

async function end(program: string, words: string[], cwd = ROOT): Promise<Ended> {
  const child = spawn(program, words, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = { output: '', said: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ended.said += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...ended };
}
