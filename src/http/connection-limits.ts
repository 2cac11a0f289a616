// How many connections may be open, in all and from one network address. Beyond, a new one is closed without an answer:
// whoever has connections already keeps them.

import type { Server } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';
import { networkOf } from './rate-limits.ts';

export interface ConnectionLimits {
  all: number;
  /** From one address, or one IPv6 network of 64 bits. */
  perAddress: number;
  /** Proxies, which stand for many; as in CHADAN_TRUSTED_PROXIES. */
  trusted: readonly string[];
}

/** @param onRefused told of each connection that was closed */
export function limitConnections(server: Server, limits: ConnectionLimits, onRefused: () => void): void {
  const trusted = blockListOf(limits.trusted);
  const open = new Map<string, number>();
  server.maxConnections = limits.all;
  server.on('drop', onRefused);
  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address } = socket;
    if (address === undefined) return void socket.destroy();
    if (trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) return;
    const key = networkOf(address);
    const count = (open.get(key) ?? 0) + 1;
    if (count > limits.perAddress) {
      onRefused();
      socket.destroy();
      return;
    }
    open.set(key, count);
    socket.once('close', () => {
      const left = (open.get(key) ?? 1) - 1;
      if (left > 0) open.set(key, left);
      else open.delete(key);
    });
  });
}

const NAMED: Record<string, string[]> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

function blockListOf(trusted: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of trusted.flatMap((one) => NAMED[one] ?? [one])) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list;
}
