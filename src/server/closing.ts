/** With which code a socket is closed beside those of graphql-ws, and in which words. */

/** What the socket itself could not read. */
export const PROTOCOL_ERROR = 1002;
export const ABNORMAL_CLOSURE = 1006;
export const MESSAGE_TOO_BIG = 1009;
/** Clients come back: elsewhere, */
export const SERVICE_RESTART = 1012;
/** or later. */
export const TRY_AGAIN_LATER = 1013;
