/** How the gateways of the tests come to know of changes: by polls, unless `LIVE_SOURCE=push npm test` says otherwise. */
export const LIVE_SOURCE = process.env.LIVE_SOURCE ?? 'poll';
