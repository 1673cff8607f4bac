/** The pieces that the bodies of requests are made of, as RingCentral wants them. */
import * as z from 'zod';

/** A text that says something. */
export const text = z.string().min(1, 'it must not be empty');

/** An object with exactly one of these texts. */
export const exactlyOne = (...names: readonly string[]) =>
  z
    .strictObject(Object.fromEntries(names.map((name) => [name, text.optional()])))
    .refine(
      (target) => Object.values(target).filter((value) => value !== undefined).length === 1,
      `exactly one of ${names.join(', ')}`,
    );

/** The phone that is to act. */
export const device = z.strictObject({ deviceId: text });

/** How to listen in. */
export const supervision = z.strictObject({
  mode: z.literal('Listen'),
  supervisorDeviceId: text,
  autoAnswer: z.boolean().optional(),
  mediaSDP: z.enum(['sendOnly', 'sendRecv']).optional(),
});

/** What is to be told over a socket. */
export const subscription = z.strictObject({
  eventFilters: z.array(text).min(1),
  deliveryMode: z.strictObject({ transportType: z.literal('WebSocket') }),
});

/** A prepared message, some of them with a time. */
export const replyPattern = z
  .strictObject({
    pattern: z.enum([
      'WillCallYouBack',
      'CallMeBack',
      'OnMyWay',
      'OnTheOtherLine',
      'WillCallYouBackLater',
      'CallMeBackLater',
      'InAMeeting',
      'OnTheOtherLineNoCall',
    ]),
    time: z.int32().positive().optional(),
    timeUnit: z.enum(['Minute', 'Hour', 'Day']).optional(),
  })
  .refine(
    ({ pattern, time, timeUnit }) =>
      (time === undefined && timeUnit === undefined) ||
      pattern === 'WillCallYouBack' ||
      pattern === 'CallMeBack',
    { path: ['time'], message: 'a time only with the patterns WillCallYouBack and CallMeBack' },
  );
