/** The parts of a `multipart/mixed` answer: how RingCentral answers for several resources at once. Pure. */

/** What stands between the parts, by the type of the answer; null where it has no parts. */
export function boundaryOf(contentType: string | undefined): string | null {
  const [, quoted, plain] =
    /^\s*multipart\/[^;]+;(?:.*;)?\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType ?? '') ?? [];
  return quoted ?? plain ?? null;
}

/** More would be no answer of RingCentral's, which takes thirty ids at once. */
const MOST_PARTS = 200;

/** The bodies of the parts, in order, without their heads; empty for a part without one. */
export function partsOf(text: string, boundary: string): string[] {
  const parts: string[] = [];
  // What is before the first line of dashes and behind the last one belongs to nobody.
  for (const part of `\n${text.replaceAll('\r\n', '\n')}`.split(`\n--${boundary}`).slice(1)) {
    if (part.startsWith('--') || parts.length === MOST_PARTS) break;
    parts.push(bodyOf(part));
  }
  return parts;
}

/** A part begins with lines of its own, like those of an answer, and an empty one before its body. */
function bodyOf(part: string): string {
  const inside = part.slice(part.indexOf('\n') + 1);
  if (inside.startsWith('\n')) return inside.trim();
  const end = inside.indexOf('\n\n');
  return end === -1 ? '' : inside.slice(end).trim();
}
