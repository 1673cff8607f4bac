/** The larger things that a participant of a conversation has: journey, routing, fax and call analysis. */
import {
  type AdjustableLiveSpeakerDetection,
  type AmdTimeout,
  type ConversationRoutingData,
  type Disposition,
  FAX_DIRECTIONS,
  type FaxStatus,
  type JourneyContext,
  LIVE_SPEAKER_MODES,
  type ScoredAgent,
  type SilentCallTimeout,
} from '../../schema/genesys/model.ts';
import {
  asEnum,
  asFlag,
  asNumber,
  asText,
  asTime,
  ifObject,
  type LeftOut,
  listOf,
} from '../upstream/values.ts';
import { asInt, asInt64, asRef, refsOf, type Wire } from './values.ts';

/** The customer's way to this call. */
export function toJourneyContext(wire: Partial<Wire>): JourneyContext {
  return {
    customer: ifObject<Wire, JourneyContext['customer']>(wire.customer, ({ id, idType }) => ({
      id: asText(id),
      idType: asText(idType),
    })),
    customerSession: ifObject<Wire, JourneyContext['customerSession']>(
      wire.customerSession,
      ({ id, type }) => ({ id: asText(id), type: asText(type) }),
    ),
    triggeringAction: ifObject<Wire, JourneyContext['triggeringAction']>(
      wire.triggeringAction,
      ({ id, actionMap }) => ({
        id: asText(id),
        actionMap: ifObject<Wire, { id: string | null; version: number | null }>(actionMap, (map) => ({
          id: asText(map.id),
          version: asInt(map.version),
        })),
      }),
    ),
  };
}

/** What routing goes by. */
export function toRoutingData(leftOut: LeftOut): (wire: Partial<Wire>) => ConversationRoutingData {
  return (wire) => ({
    queue: asRef('QUEUE', wire.queue),
    language: asRef('LANGUAGE', wire.language),
    priority: asInt(wire.priority),
    skills: refsOf('SKILL', wire.skills, leftOut),
    scoredAgents: listOf(wire.scoredAgents).flatMap(
      (one) =>
        ifObject<Wire, ScoredAgent>(one, ({ agent, score }) => ({
          agent: asRef('USER', agent),
          score: asNumber(score),
        })) ?? [],
    ),
    label: asText(wire.label),
  });
}

/** How a fax goes. */
export function toFaxStatus(wire: Partial<Wire>): FaxStatus {
  return {
    direction: asEnum(FAX_DIRECTIONS, wire.direction),
    rawDirection: asText(wire.direction),
    expectedPages: asInt64(wire.expectedPages),
    activePage: asInt64(wire.activePage),
    linesTransmitted: asInt64(wire.linesTransmitted),
    bytesTransmitted: asInt64(wire.bytesTransmitted),
    baudRate: asInt64(wire.baudRate) ?? asInt64(wire.dataRate),
    pageErrors: asInt64(wire.pageErrors),
    lineErrors: asInt64(wire.lineErrors),
  };
}

/** What call analysis found. */
export function toDisposition(wire: Partial<Wire>): Disposition {
  return {
    name: asText(wire.name),
    analyzer: asText(wire.analyzer),
    dispositionParameters: ifObject<Wire, Disposition['dispositionParameters']>(
      wire.dispositionParameters,
      ({ adjustableLiveSpeakerDetection }) => ({
        adjustableLiveSpeakerDetection: ifObject(adjustableLiveSpeakerDetection, toLiveSpeakerDetection),
      }),
    ),
    detectedSpeechStart: asTime(wire.detectedSpeechStart),
    detectedSpeechEnd: asTime(wire.detectedSpeechEnd),
    amdTimeout: ifObject<Wire, AmdTimeout>(wire.amdTimeout, (one) => ({
      ...toTimeout(one),
      timerStartEvent: asText(one.timerStartEvent),
    })),
    silentCallTimeout: ifObject(wire.silentCallTimeout, toTimeout),
  };
}

function toLiveSpeakerDetection(wire: Partial<Wire>): AdjustableLiveSpeakerDetection {
  return {
    mode: asEnum(LIVE_SPEAKER_MODES, wire.mode),
    rawMode: asText(wire.mode),
    preconnectDuration: asText(wire.preconnectDuration),
    eventName: asText(wire.eventName),
    isPersonLikely: asFlag(wire.isPersonLikely),
    totalRingbacks: asInt(wire.totalRingbacks),
    lineConnected: asFlag(wire.lineConnected),
  };
}

function toTimeout(wire: Partial<Wire>): SilentCallTimeout {
  return {
    timeoutMs: asInt(wire.timeoutMs),
    timerStartTime: asTime(wire.timerStartTime),
    timerEndTime: asTime(wire.timerEndTime),
  };
}
