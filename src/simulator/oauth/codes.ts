/** Codes: what the browser carries back from the sign-in page, and the app turns into tokens. Each lives briefly and works once. */
import { createHash, randomUUID } from 'node:crypto';
import { type App, TokenRefusal } from './apps.ts';

/** What an app has hidden from the browser: it shows the verifier of this challenge when it comes for the tokens. */
export interface Challenge {
  readonly method: 'S256' | 'plain';
  readonly value: string;
}

/** What a code stands for. */
export interface CodeFacts<Who> {
  readonly who: Who;
  readonly clientId: string;
  /** As the app sent it; null when it sent none, because it has registered only one. */
  readonly redirectUri: string | null;
  /** Null: the app has asked for a code without one. */
  readonly challenge: Challenge | null;
}

export interface Codes<Who> {
  issue(facts: CodeFacts<Who>, lifetime: number, now: number): string;
  /** Whose code it is, while it is one. */
  peek(code: string): CodeFacts<Who> | undefined;
  /**
   * Whoever has signed in, if the app may have the tokens. The code is used up, also when it may not; only somebody else's
   * stays what it is.
   * @throws {TokenRefusal} 400.
   */
  redeem(form: URLSearchParams, app: App, now: number): Who;
  reset(): void;
}

const MOST_CODES = 10_000;

export function createCodes<Who>(): Codes<Who> {
  /** Oldest first. */
  const codes = new Map<string, CodeFacts<Who> & { readonly until: number }>();

  return {
    issue(facts, lifetime, now) {
      const code = `code-${randomUUID()}`;
      codes.set(code, { ...facts, until: now + lifetime * 1_000 });
      for (const old of codes.keys()) if (codes.size > MOST_CODES) codes.delete(old);
      return code;
    },
    peek: (code) => codes.get(code),
    redeem(form, app, now) {
      const code = form.get('code') ?? '';
      const facts = codes.get(code);
      if (facts === undefined) throw grantRefused('OAU-106', 'Authorization code is invalid');
      if (facts.clientId !== app.id) {
        throw grantRefused('OAU-110', 'Authorization code was issued to another application');
      }
      codes.delete(code);
      if (now >= facts.until) throw grantRefused('OAU-108', 'Authorization code is expired');
      if ((form.get('redirect_uri') || null) !== facts.redirectUri) {
        throw new TokenRefusal(400, 'invalid_request', 'OAU-109', 'Redirect URIs do not match');
      }
      // No code is published for a wrong proof.
      const problem = proofProblem(facts.challenge, form.get('code_verifier') ?? '', app);
      if (problem !== null) throw grantRefused('OAU-106', problem);
      return facts.who;
    },
    reset: () => codes.clear(),
  };
}

/** What is wrong with the proof of an app; null when nothing is. */
function proofProblem(challenge: Challenge | null, verifier: string, app: App): string | null {
  if (challenge === null) {
    if (verifier !== '')
      return 'There is a code_verifier, but the code was asked for without a code_challenge';
    return app.isPublic ? 'An application without a secret needs a code_challenge' : null;
  }
  if (!VERIFIER.test(verifier)) return 'The code_verifier is missing, or is none';
  const shown =
    challenge.method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
  return shown === challenge.value ? null : 'The code_verifier is not that of the code_challenge';
}

/** As https://www.rfc-editor.org/rfc/rfc7636#section-4.1 has it. */
const VERIFIER = /^[\w.~-]{43,128}$/;

function grantRefused(errorCode: string, message: string): TokenRefusal {
  return new TokenRefusal(400, 'invalid_grant', errorCode, message);
}
