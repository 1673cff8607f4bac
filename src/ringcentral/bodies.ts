/** The pieces that the bodies of requests are made of, as RingCentral wants them. */
import * as z from 'zod/mini';

/** A text that says something. */
export const text = z.string().check(z.minLength(1, 'it must not be empty'));

/** An object with exactly one of these texts. */
export const exactlyOne = (...names: readonly string[]) =>
  z
    .strictObject(Object.fromEntries(names.map((name) => [name, z.optional(text)])))
    .check(
      z.refine(
        (target) => Object.values(target).filter((value) => value !== undefined).length === 1,
        `exactly one of ${names.join(', ')}`,
      ),
    );

/** The phone that is to act. */
export const device = z.strictObject({ deviceId: text });

/** How to listen in. */
export const supervision = z.strictObject({
  mode: z.literal('Listen'),
  supervisorDeviceId: text,
  autoAnswer: z.optional(z.boolean()),
  mediaSDP: z.optional(z.enum(['sendOnly', 'sendRecv'])),
});

/** What is to be told over a socket. */
export const subscription = z.strictObject({
  eventFilters: z.array(text).check(z.minLength(1)),
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
    time: z.optional(z.int32().check(z.positive())),
    timeUnit: z.optional(z.enum(['Minute', 'Hour', 'Day'])),
  })
  .check(
    z.refine(
      ({ pattern, time, timeUnit }) =>
        (time === undefined && timeUnit === undefined) ||
        pattern === 'WillCallYouBack' ||
        pattern === 'CallMeBack',
      { path: ['time'], message: 'a time only with the patterns WillCallYouBack and CallMeBack' },
    ),
  );
