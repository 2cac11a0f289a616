// The Kubernetes manifests against the types and schemas of its API, the compose file with the tool itself, and that all
// of them speak of the same ports, names and files as nginx and the image do.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { must, ROOT } from './containers.ts';

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  // biome-ignore lint/suspicious/noExplicitAny: each kind has another, which the types below check
  spec?: any;
}

const manifests = async (): Promise<Manifest[]> =>
  parseAllDocuments(await must('kubectl', ['kustomize', 'deploy'])).map((document) => document.toJS());

it('every manifest is what the API of Kubernetes takes, without a field that it does not know', async () => {
  const all = await manifests();
  expect(faultsOf(all)).toEqual([]);
  for (const manifest of all) {
    const module = await import(`kubernetes-models/${manifest.apiVersion}/${manifest.kind}`);
    new module[manifest.kind](manifest).validate();
  }
});

it('a slip in a manifest is found', async () => {
  const all = await manifests();
  const exchange = all.find(({ kind }) => kind === 'StatefulSet');
  exchange?.spec.template.spec.containers.push({
    name: 'x',
    securityContext: { readOnlyRootFileSystem: true },
  });
  expect(faultsOf(all).join()).toContain('readOnlyRootFileSystem');
});

it('no container may become root, write its root file system or hold a capability', async () => {
  const pods = (await manifests()).flatMap(({ spec }) => (spec?.template ? [spec.template.spec] : []));
  expect(pods).toHaveLength(2);
  for (const { securityContext, containers, automountServiceAccountToken } of pods) {
    expect({ ...securityContext, automountServiceAccountToken }).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
      automountServiceAccountToken: false,
    });
    for (const container of containers)
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
  }
});

it('the compose file holds, and closes its containers as the manifests do', async () => {
  await must('docker-compose', ['--file', 'deploy/compose.yaml', 'config', '--quiet']);
  const { services } = parse(await must('docker-compose', ['--file', 'deploy/compose.yaml', 'config']));
  for (const name of ['exchange-1', 'exchange-2', 'front'])
    expect([name, services[name]]).toMatchObject([
      name,
      { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
    ]);
});

it('nginx asks the exchanges by the names and the port that both give them', async () => {
  const nginx = await readFile(join(ROOT, 'deploy/nginx/chadan.conf'), 'utf8');
  const asked = [...nginx.matchAll(/^ {2}server ([a-z0-9-]+):(\d+)/gm)].map(([, name, port]) => [name, port]);
  expect(asked).toEqual([
    ['exchange-1', '8080'],
    ['exchange-2', '8080'],
  ]);
  const { services } = parse(await readFile(join(ROOT, 'deploy/compose.yaml'), 'utf8'), { merge: true });
  const named = (await manifests())
    .filter(({ kind }) => kind === 'Service')
    .map(({ metadata }) => metadata.name);
  for (const [name = ''] of asked) {
    expect(Object.keys(services)).toContain(name);
    expect(named).toContain(name);
  }
});

/** What the compiler says of the manifests as values of the API's types: a field too many is a fault. */
function faultsOf(all: Manifest[]): string[] {
  const file = join(ROOT, 'test/deploy/manifests-as-types.ts');
  const text = all
    .map(
      (manifest, index) =>
        `import type { I${manifest.kind} as T${index} } from 'kubernetes-models/${manifest.apiVersion}/${manifest.kind}';\n` +
        `export const m${index}: T${index} = ${JSON.stringify(manifest)};\n`,
    )
    .join('');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile: read, getSourceFile } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.readFile = (path) => (path === file ? text : read(path));
  host.getSourceFile = (path, ...rest) =>
    path === file ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2023) : getSourceFile(path, ...rest);
  const program = ts.createProgram([file], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
