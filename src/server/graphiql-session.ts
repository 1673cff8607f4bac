/**
 * Who is signed in, at the end of the bar above GraphiQL, and how to become somebody: at each phone system for itself,
 * because one session holds a sign-in of each.
 *
 * ```text
 *   nobody         [Sign in], or where several phone systems are on: Sign in to [RingCentral] [Genesys Cloud]
 *   one of two     Tomas Reed                     [Sign in to Genesys Cloud] [Sign out]
 *   both           Tomas Reed    Ben Okoro                                   [Sign out]
 * ```
 */

/** A phone system that browsers can sign in to here. */
export interface SignInChoice {
  /** As `/auth/sign-in` and `/auth/session` call it. */
  readonly system: string;
  /** For people. */
  readonly name: string;
}

/** Its place in the bar. `isNamed`: there are several phone systems, so that each link says to which it leads. */
export function sessionOf(choices: readonly SignInChoice[], isNamed: boolean): string {
  const links = choices.map(({ system, name }) => {
    const words = isNamed ? `<span>Sign in to </span>${name}` : 'Sign in';
    const href = `/auth/sign-in?with=${system}&amp;returnTo=%2Fgraphql`;
    return `<a href="${href}" data-system="${system}" hidden>${words}</a>`;
  });
  // Two links share the words before their names, which stand above them then; whoever only hears them hears all of each.
  return `<div id="gateway-session">
      <div id="gateway-people" role="status"></div>
      <div id="gateway-sign-in" hidden><span aria-hidden="true">Sign in to</span>${links.join('')}</div>
      <button id="gateway-sign-out" type="button" hidden>Sign out</button>
    </div>`;
}

/** Runs when the bar is there. */
export const SHOW_SESSION = /* js */ `if (gateway.signInTo.length > 0) {
  const [people, entry, leave] = ['people', 'sign-in', 'sign-out'].map((part) => document.querySelector('#gateway-' + part));
  const links = [...entry.querySelectorAll('a')];
  let awaited;
  gateway.show = () => {
    const all = Object.entries(gateway.session?.systems ?? {});
    const isIn = all.length > 0;
    for (const label of document.querySelectorAll('.gateway-role')) label.hidden = isIn;
    people.replaceChildren(...all.map(personOf));
    for (const link of links) link.hidden = all.some(([system]) => system === link.dataset.system);
    const open = links.filter((link) => !link.hidden);
    entry.hidden = open.length === 0;
    entry.className = [open.length > 1 && 'several', isIn && 'beside'].filter(Boolean).join(' ');
    leave.hidden = !isIn;
    // What is not renewed ends by its time, and whoever sits before the page shall see that it has.
    clearTimeout(awaited);
    const ends = all.filter(([, { isRenewed }]) => !isRenewed).map(([, { expiresAt }]) => Date.parse(expiresAt) - Date.now());
    const next = Math.min(...ends.filter((left) => left > 0));
    if (next < Infinity) awaited = setTimeout(gateway.look, next + 1_000);
  };
  const personOf = ([system, { user, expiresAt }]) => {
    const person = Object.assign(document.createElement('p'), { className: 'gateway-person' });
    const until = new Date(expiresAt);
    const isToday = until.toDateString() === new Date().toDateString();
    const time = until.toLocaleString(undefined, { ...(isToday ? {} : { weekday: 'short' }), hour: '2-digit', minute: '2-digit' });
    const isNamed = gateway.roles.length > 1 || system !== 'ringcentral';
    const facts = [
      isNamed && gateway.signInTo.find((one) => one.system === system)?.name,
      user.extensionNumber && 'extension ' + user.extensionNumber,
      // In one piece, where the line is too short.
      ('until ' + time).replaceAll(' ', '\\u00a0'),
    ];
    const words = { b: user.name ?? 'Somebody', small: facts.filter(Boolean).join(', ') };
    for (const [tag, textContent] of Object.entries(words)) {
      person.append(Object.assign(document.createElement(tag), { textContent }), ' ');
    }
    return person;
  };
  gateway.ready.then(gateway.show);
  // In another tab somebody may have signed in or out.
  document.addEventListener('visibilitychange', () => document.hidden || gateway.look());
  leave.addEventListener('click', async () => {
    leave.disabled = true;
    if (await gateway.signOut()) location.reload();
    else leave.textContent = 'Sign out (try again)';
    leave.disabled = false;
  });
}`;

/** How it looks, in the colours of the bar. */
export const SESSION_STYLE = /* css */ `
  #gateway-session { display: flex; align-items: center; gap: 8px 14px; min-width: 0; }
  #gateway-people { display: flex; gap: 6px 22px; min-width: 0; }
  #gateway-people:empty { display: none; }
  .gateway-person { margin: 0; min-width: 0; padding-left: 16px; position: relative; }
  .gateway-person::before { content: ''; position: absolute; left: 0; top: 6px; width: 8px; height: 8px; border-radius: 50%;
    background: #1f9d61; }
  .gateway-person b { font-weight: 500; white-space: nowrap; }
  .gateway-person small { font-size: 13px; color: var(--quiet); margin-left: 4px; }
  #gateway-sign-in { display: flex; align-items: center; gap: 8px; }
  #gateway-sign-in > span { margin-right: 2px; }
  #gateway-sign-in:not(.several) > span { display: none; }
  #gateway-sign-in a span { color: inherit; white-space: pre; }
  #gateway-sign-in.several a span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  #gateway-session a, #gateway-session button { display: flex; align-items: center; justify-content: center; height: 34px;
    padding: 0 14px; border: 1px solid var(--line); border-radius: 8px; box-sizing: border-box; font: inherit; white-space: nowrap;
    color: var(--ink); background: var(--lift); text-decoration: none; cursor: pointer; }
  #gateway-session a { font-weight: 500; color: var(--bar); background: var(--accent); border-color: var(--accent); }
  /* Whoever is somebody already can do without. */
  #gateway-session .beside a { color: var(--accent); background: none; }
  #gateway-session a[hidden], #gateway-session button[hidden] { display: none; }
  #gateway-session a:focus-visible, #gateway-session button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
  /* Of two phone systems there is more than one line has room for. */
  .gateway-two label { flex: 0 1 195px; flex-direction: column; align-items: stretch; gap: 2px; font-size: 13px; }
  .gateway-two select, .gateway-two input { width: 100%; font-size: 15px; }
  .gateway-two #gateway-session { align-self: flex-end; }
  .gateway-two #gateway-sign-in.several { display: grid; grid-template-columns: 1fr 1fr; gap: 2px 8px; }
  .gateway-two #gateway-sign-in > span { grid-column: 1 / -1; font-size: 13px; }
  .gateway-two .gateway-person { line-height: 1.2; }
  .gateway-two .gateway-person small { display: block; margin-left: 0; }
  @media (max-width: 1200px) {
    #gateway-session { align-self: flex-end; }
    .gateway-bar.gateway-two strong { width: 100%; }
    /* The labels take what is left, where there are any in its line. */
    .gateway-bar.gateway-two label { flex: 999 1 130px; }
    .gateway-two #gateway-session { flex: 1 1 auto; }
    .gateway-two #gateway-people { flex: 1; }
  }
  @media (max-width: 760px) {
    #gateway-session, .gateway-two #gateway-session { flex: 1 1 100%; flex-wrap: wrap; justify-content: space-between; }
    #gateway-people, .gateway-two #gateway-people { flex: 1 1 200px; flex-wrap: wrap; }
    .gateway-bar.gateway-two label { flex-basis: 40%; }
    .gateway-person small { display: block; margin-left: 0; }
    #gateway-sign-in { flex: 1; }
    #gateway-session a, #gateway-session button { height: 40px; }
    #gateway-session a { flex: 1; padding: 0 8px; }
  }
`;
