/**
 * Under which names a server on this machine is meant.
 *
 * A page on the internet may have its own name resolve to 127.0.0.1 (DNS rebinding): to the browser it then is of the
 * same origin as a server here, and may read all its answers. What the browser cannot hide is the name, in `Host`.
 */
import { BlockList, isIP, isIPv6 } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

const EVERY_ADDRESS = new Set(['0.0.0.0', '::']);

/**
 * Whether a request with this `Host` header was meant for a server that listens on `host`: by a name or an address of
 * this machine, by `host` itself, or by one of the `trusted` host names. A server that listens on every address may be
 * called by any address, and by a name without a dot, which is none of the internet. Programs of HTTP/1.0 send no header.
 *
 * ```ts
 * isMeant('localhost:4000', { host: '127.0.0.1' }) // true
 * isMeant('[::1]:4000', { host: '127.0.0.1' }) // true
 * isMeant('evil.example:4000', { host: '127.0.0.1' }) // false
 * isMeant('gateway:4000', { host: '0.0.0.0' }) // true
 * ```
 */
export function isMeant(
  header: string | undefined,
  { host, trusted = [] }: { readonly host: string; readonly trusted?: readonly string[] },
): boolean {
  if (header === undefined) return true;
  const name = nameOf(header);
  if (name === null) return false;
  if (isLoopback(name) || name === plain(host) || trusted.some((one) => plain(one) === name)) return true;
  return EVERY_ADDRESS.has(host) && (isIP(name) !== 0 || !name.includes('.'));
}

function isLoopback(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  if (isIP(name) === 0) return false;
  return LOOPBACK.check(name, isIPv6(name) ? 'ipv6' : 'ipv4');
}

/** The name or address in a `Host` header, as a browser would write it; null for what is none. */
function nameOf(header: string): string | null {
  const text = `http://${header}`;
  // A user name or a path would hide who is meant.
  if (/[\s/\\@?#]/.test(header) || !URL.canParse(text)) return null;
  return plain(new URL(text).hostname);
}

/** Without the brackets of IPv6, and the dot that ends a whole name. */
function plain(name: string): string {
  const bare = name.toLowerCase();
  if (bare.startsWith('[')) return bare.slice(1, -1);
  return bare.endsWith('.') ? bare.slice(0, -1) : bare;
}
