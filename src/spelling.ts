/**
 * Misspelt settings: environment variables that are none of ours but resemble one. Left alone, `CORS_ORIGIN` would mean
 * nothing without a word. The environment is full of other people's variables, so only a close resemblance counts, and
 * only while the setting that was meant is missing.
 */

/** A variable, and the setting that it was probably meant to be. */
export interface Misspelt {
  readonly name: string;
  readonly meant: string;
}

/** Shorter names, like `PORT` and `HOST`, resemble too much. */
const SHORTEST = 6; // letters

/**
 * Finds the misspelt among the given variables:
 *
 * ```ts
 * findMisspelt({ CORS_ORIGIN: '…', LOGLEVEL: '…', MAX_DEPT: '…', RINGCENTRAL_URL: '…' }, SETTINGS)
 * // meant: CORS_ORIGINS, LOG_LEVEL, MAX_DEPTH, RINGCENTRAL_SERVER_URL
 * findMisspelt({ HOSTNAME: '…', NODE_OPTIONS: '…', PORTS: '…', LOG_LEVEL_OF_SOMETHING: '…' }, SETTINGS) // []
 * ```
 */
export function findMisspelt(
  given: Readonly<Record<string, string>>,
  settings: readonly string[],
): readonly Misspelt[] {
  const missing = settings.filter((setting) => setting.length >= SHORTEST && !(setting in given));
  const plainly = new Map(missing.toReversed().map((setting) => [plain(setting), setting]));
  return Object.keys(given).flatMap((name) => {
    if (settings.includes(name)) return [];
    const meant = plainly.get(plain(name)) ?? missing.find((setting) => resembles(name, setting));
    return meant === undefined ? [] : [{ name, meant }];
  });
}

function resembles(name: string, setting: string): boolean {
  if (name[0] !== setting[0]) return false;
  return isWithin(name, setting, setting.length < 10 ? 1 : 2) || leavesOut(name, setting);
}

function plain(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

/** Whether a name of several words has some of the setting's, in their order, beginning with the first. */
function leavesOut(name: string, setting: string): boolean {
  const words = name.split('_');
  const meant = setting.split('_');
  if (words.length < 2 || words.length >= meant.length || words[0] !== meant[0]) return false;
  let found = 0;
  for (const word of meant) if (word === words[found]) found += 1;
  return found === words.length;
}

/** Whether so many letters have to be added, left out, changed or swapped with their neighbour, or fewer. */
function isWithin(name: string, setting: string, most: number): boolean {
  if (Math.abs(name.length - setting.length) > most) return false;
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: setting.length + 1 }, (_, column) => column);
  for (let line = 1; line <= name.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= setting.length; column += 1) {
      const same = name[line - 1] === setting[column - 1];
      const swapped = name[line - 1] === setting[column - 2] && name[line - 2] === setting[column - 1];
      next[column] = Math.min(
        at(next, column - 1) + 1,
        at(row, column) + 1,
        at(row, column - 1) + (same ? 0 : 1),
        swapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = row;
    row = next;
  }
  return at(row, setting.length) <= most;
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
