// A process of its own that starts an embedded database, says where on one line, and stays until it is killed.
// Arguments: the options as JSON, and the user to become first, if another.
import { type EmbeddedOptions, startEmbedded } from '../../src/database/embedded.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as EmbeddedOptions;
const uid = process.argv[3];
if (uid) {
  process.setgroups?.([]);
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}
try {
  const { url, pid, directory } = await startEmbedded(options);
  console.log(JSON.stringify({ url, pid, directory }));
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
}
