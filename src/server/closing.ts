/** With which code a socket is closed beside those of graphql-ws, and in which words. */

/** What the socket itself could not read. */
export const PROTOCOL_ERROR = 1002;
export const ABNORMAL_CLOSURE = 1006;
export const MESSAGE_TOO_BIG = 1009;
/** Clients come back: elsewhere, */
export const SERVICE_RESTART = 1012;
/** or later. */
export const TRY_AGAIN_LATER = 1013;

/** All that fits beside the code in a control frame (RFC 6455, 5.5); ws throws at a longer one. */
const LONGEST_REASON = 123; // bytes

/** The beginning of `text` that fits into a close frame, no letter of it cut in two. */
export function closeReason(text: string): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(LONGEST_REASON));
  return text.slice(0, read);
}
