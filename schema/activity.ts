/** What somebody in a call is doing, in one coarse word that is true of every phone system. */
export const CALL_ACTIVITIES = [
  'DIALING',
  'RINGING',
  'CONNECTED',
  'ON_HOLD',
  'PARKED',
  'VOICEMAIL',
  'WRAPPING_UP',
  'LEFT',
  'UNKNOWN',
] as const;
export type CallActivity = (typeof CALL_ACTIVITIES)[number];
