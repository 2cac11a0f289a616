// An SMPP proxy before a message centre: what a listed sender submits is refused with ESME_RINVSRCADR (0x0A), all
// else passes octet by octet, in both directions, on a connection of its own for each client.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream/promises';
import smpp from 'smpp';

/** What sends, or changes what is to be sent. A message of a listed sender may still be asked for or cancelled. */
const SENDING = ['submit_sm', 'submit_multi', 'data_sm', 'replace_sm'];
const SENDING_BY_ID = new Map(SENDING.map((command) => [smpp.commands[command].id, command]));

const HEADER_OCTETS = 16;
/** A header, and a message_payload of 65,535 octets with all else that goes with it. */
const MAX_OCTETS = 70_000;
smpp.PDU.maxLength = MAX_OCTETS;

/**
 * The proxy as a server of node:net that does not listen yet.
 * @param {object} options
 * @param {{ check(text: string): { blocked: boolean, stale: boolean } }} options.relay a relay of chadan/sync
 * @param {{ host: string, port: number }} options.upstream the message centre
 * @param {(message: string) => void} options.tell takes what an operator should know
 * @returns {import('node:net').Server}
 */
export function createProxy({ relay, upstream, tell }) {
  const gate = new Gate(relay, tell);
  return createServer({ noDelay: true }, (client) => {
    const centre = connect({ ...upstream, noDelay: true });
    const closed = new AbortController();
    client.once('close', () => closed.abort());

    async function* checked(source) {
      for await (const pdu of pdus(source)) {
        const answer = gate.refuse(pdu);
        if (answer === undefined) yield pdu;
        else if (!client.write(answer)) await once(client, 'drain', { signal: closed.signal });
      }
    }
    // Whole PDUs both ways: a refusal that is written between never falls into the middle of another answer.
    Promise.all([pipeline(client, checked, centre), pipeline(centre, pdus, client)]).catch((error) => {
      client.destroy();
      centre.destroy();
      if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') tell(`a connection ended: ${error.message}`);
    });
  });
}

/** Cuts a stream of octets into PDUs. */
async function* pdus(source) {
  let held = Buffer.alloc(0);
  for await (const chunk of source) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    while (held.length >= 4) {
      const length = held.readUInt32BE(0);
      if (length < HEADER_OCTETS || length > MAX_OCTETS) throw new Error(`a PDU of ${length} octets`);
      if (held.length < length) break;
      yield held.subarray(0, length);
      held = held.subarray(length);
    }
  }
}

/** Decides on each PDU of a client. */
class Gate {
  #relay;
  #tell;
  #isStale = false;

  constructor(relay, tell) {
    this.#relay = relay;
    this.#tell = tell;
  }

  /** The answer to a PDU that must not pass; undefined lets it pass. */
  refuse(octets) {
    const command = SENDING_BY_ID.get(octets.readUInt32BE(4));
    if (command === undefined) return undefined;
    const status = this.#status(octets);
    if (status === smpp.ESME_ROK) return undefined;
    const sequence_number = octets.readUInt32BE(12);
    return new smpp.PDU(`${command}_resp`, { command_status: status, sequence_number }).toBuffer();
  }

  #status(octets) {
    let sender;
    try {
      sender = new smpp.PDU(octets).source_addr;
    } catch {
      return smpp.ESME_RINVMSGLEN;
    }
    // Without an address the centre would put in one that nobody looked up.
    if (typeof sender !== 'string' || sender === '') return smpp.ESME_RINVSRCADR;
    try {
      return this.#isListed(sender) ? smpp.ESME_RINVSRCADR : smpp.ESME_ROK;
    } catch (error) {
      // No list is in force: the client keeps its message and tries again.
      this.#tell(`a sender cannot be looked up: ${error.message}`);
      return smpp.ESME_RSYSERR;
    }
  }

  #isListed(sender) {
    // Digits alone may be a country's with the plus said by the TON, or not said at all.
    const results = [sender, `+${sender}`].map((text) => this.#relay.check(text));
    const isStale = results.some(({ stale }) => stale);
    if (isStale !== this.#isStale)
      this.#tell(
        isStale ? 'the list may be out of date; it goes on being used' : 'the list is up to date again',
      );
    this.#isStale = isStale;
    return results.some(({ blocked }) => blocked);
  }
}
