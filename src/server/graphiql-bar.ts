/**
 * What this gateway adds to GraphiQL: a bar above it, with a menu of the examples and one token for all tabs, and what
 * makes the tabs reachable with a wheel and on a phone.
 *
 * The scripts are text, because they run in the browser: plain JavaScript, without a build. They are tried out in a
 * real one by `test/examples/graphiql.test.ts`.
 */

import { SESSION_STYLE, SHOW_SESSION, type SignInChoice, sessionOf } from './graphiql-session.ts';

/** Somebody whom a visitor may be without signing in. */
export interface DemoUser {
  readonly name: string;
  readonly token: string;
}

/** Who a visitor is at one phone system. */
export interface Role {
  /** Says what is chosen, or typed in. */
  readonly label: string;
  /** Where the token goes, in lower case. */
  readonly header: string;
  /** Whom they may be without signing in; nobody: they type a token in. */
  readonly users: readonly DemoUser[];
}

/** An example as the bar knows it. */
export interface MenuEntry {
  /** The name of its operation, and so the title of its tab. */
  readonly title: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly query: string;
  readonly variables?: string | undefined;
  readonly headers?: string | undefined;
}

/** What the page knows from the start. */
export interface BarFacts {
  readonly menu: readonly MenuEntry[];
  /** Of each phone system that is on. */
  readonly roles: readonly Role[];
  /** Where browsers can sign in, and then hold a cookie that no script can read. */
  readonly signInTo: readonly SignInChoice[];
}

/** Runs before GraphiQL does: it knows the examples, whom to be, and what the browser has kept. */
export function headOf({ menu, roles, signInTo }: BarFacts): string {
  // In a script, `</script>` would end it wherever it stands.
  const known = JSON.stringify({ menu, roles, signInTo }).replaceAll('<', '\\u003c');
  return `<style>${STYLE}</style><script>const gateway = ${known};${BEFORE}</script>`;
}

/** Stands above GraphiQL. */
export function barOf(title: string, { roles, signInTo }: Pick<BarFacts, 'roles' | 'signInTo'>): string {
  const choices = roles.map(
    ({ label, users }) =>
      `<label class="gateway-role"><span>${label}</span>${users.length > 0 ? '<select></select>' : TOKEN}</label>`,
  );
  const isOfTwo = roles.length > 1;
  const signsIn = signInTo.length > 0;
  return `<header class="gateway-bar${isOfTwo && signsIn ? ' gateway-two' : ''}">
    <strong>${title}</strong>
    <label><span>Examples</span><select id="gateway-examples"></select></label>
    ${choices.join('')}
    ${signsIn ? sessionOf(signInTo, isOfTwo) : ''}
  </header>`;
}

const TOKEN = '<input type="password" placeholder="for all tabs" autocomplete="off" spellcheck="false">';

/** Runs when GraphiQL is there. */
export const AFTER = /* js */ `{
  const menu = document.querySelector('#gateway-examples');
  const groups = { query: 'Ask', mutation: 'Act', subscription: 'Watch' };
  for (const [kind, label] of Object.entries(groups)) {
    const group = menu.appendChild(Object.assign(document.createElement('optgroup'), { label }));
    for (const { title, kind: own } of gateway.menu) if (own === kind) group.append(new Option(wordsOf(title), title));
  }
  const more = menu.appendChild(Object.assign(document.createElement('optgroup'), { label: 'More' }));
  more.append(new Option('A tab of my own', ''), new Option('All examples as they were', 'restore'));
  if (gateway.menu.length === 0) menu.parentElement.remove();

  menu.addEventListener('change', () => {
    const wanted = menu.value;
    if (wanted === 'restore') {
      gateway.restart(null);
    } else if (wanted === '') {
      document.querySelector('.graphiql-tab-add')?.click();
    } else {
      const tab = tabs().find((one) => titleOf(one) === wanted);
      if (tab !== undefined) tab.querySelector('.graphiql-tab-button').click();
      else gateway.restart(wanted);
    }
  });

  const labels = [...document.querySelectorAll('.gateway-role')];
  for (const [index, role] of gateway.roles.entries()) {
    const choice = labels[index].lastElementChild;
    for (const { name, token } of role.users) choice.append(new Option(name, token));
    choice.value = gateway.token(role);
    choice.addEventListener('change', () => {
      gateway.keep(role, choice.value);
      // Whoever may ask only now has no schema yet.
      document.querySelector('[aria-label="Re-fetch GraphQL schema"]')?.click();
    });
  }

  // GraphiQL makes its tabs a moment later, and marks the one that is open.
  let watched = null;
  const follow = () => {
    const list = document.querySelector('.graphiql-tabs');
    if (list === null || list === watched) return;
    watched = list;
    new MutationObserver(show).observe(list, { subtree: true, childList: true, attributeFilter: ['aria-selected'] });
    // A wheel turns up and down, the tabs lie side by side.
    list.addEventListener('wheel', (event) => {
      if (Math.abs(event.deltaY) <= Math.abs(event.deltaX)) return;
      const before = list.scrollLeft;
      list.scrollLeft += event.deltaY * (event.deltaMode === 0 ? 1 : 40);
      if (list.scrollLeft !== before) event.preventDefault();
    }, { passive: false });
    show();
  };
  const show = () => {
    const open = tabs().find((tab) => tab.getAttribute('aria-selected') === 'true');
    if (open === undefined) return;
    const title = titleOf(open);
    menu.value = gateway.menu.some((one) => one.title === title) ? title : '';
    const [at, list] = [open.getBoundingClientRect(), watched.getBoundingClientRect()];
    if (at.left < list.left) watched.scrollLeft -= list.left - at.left + 8;
    else if (at.right > list.right) watched.scrollLeft += at.right - list.right + 8;
  };
  new MutationObserver(follow).observe(document.querySelector('#root'), { subtree: true, childList: true });
  follow();

  function tabs() { return [...document.querySelectorAll('.graphiql-tab')]; }
  function titleOf(tab) { return tab.querySelector('.graphiql-tab-button').textContent; }
  function wordsOf(title) { return title.replace(/\\B[A-Z]/g, (letter) => ' ' + letter.toLowerCase()); }
}
${SHOW_SESSION}`;

const BEFORE = /* js */ `{
  const tabs = 'graphiql:tabState';
  const next = 'gateway:next';
  const seen = 'gateway:examples';
  const chosen = ({ header }) => 'gateway:token:' + header;
  /** Who is signed in; null: nobody. The cookie says so to the gateway, and to no script. */
  gateway.session = null;
  /** Kept by the browser's tab alone, and gone with it; a token of somebody who can be no more is not used. */
  gateway.token = (role) => {
    if (gateway.session !== null) return '';
    const kept = sessionStorage.getItem(chosen(role)) ?? '';
    const [user] = role.users;
    return user === undefined || role.users.some(({ token }) => token === kept) ? kept : user.token;
  };
  gateway.keep = (role, token) => sessionStorage.setItem(chosen(role), token.trim().replace(/^Bearer +/i, ''));
  /** The headers of a request: those of its tab, and the tokens of all tabs where they name nobody. */
  gateway.headers = (own) => {
    const named = Object.keys(own ?? {}).map((name) => name.toLowerCase());
    const shown = gateway.roles
      .filter(({ header }) => !named.includes(header))
      .map((role) => [role.header, gateway.token(role)])
      .filter(([, token]) => token !== '')
      .map(([header, token]) => [header, 'Bearer ' + token]);
    return { ...own, ...Object.fromEntries(shown) };
  };
  /** A request that names an operation which its query has not asks for the one that is there. */
  gateway.settle = (request) => {
    const names = [...request.query.matchAll(/^\\s*(?:query|mutation|subscription)\\s+(\\w+)/gm)].map(([, name]) => name);
    if (names.length === 1 && request.operationName !== names[0]) request.operationName = names[0];
  };
  const fetchAsIs = globalThis.fetch;
  // A form of another page cannot send it, so what comes by cookie with it was meant.
  const intent = gateway.signInTo.length > 0 ? { 'x-requested-with': 'GraphiQL' } : {};
  globalThis.fetch = async (url, init) => {
    const isOurs = new URL(url instanceof Request ? url.url : url, location.href).pathname === location.pathname;
    if (!isOurs) return fetchAsIs(url, init);
    await gateway.ready;
    const answer = await fetchAsIs(url, { ...init, headers: { ...gateway.headers(init?.headers), ...intent } });
    if (answer.status === 401 && gateway.session !== null) gateway.look();
    return answer;
  };
  /** Looks who is signed in. Where that cannot be known now, it stays what it was. */
  gateway.look = async () => {
    const answer = gateway.signInTo.length > 0 ? await fetchAsIs('/auth/session', { cache: 'no-store' }).catch(() => null) : null;
    if (answer?.status === 200) gateway.session = await answer.json();
    if (answer?.status === 401) gateway.session = null;
    gateway.show?.();
  };
  gateway.ready = gateway.look();
  /** False: it could not be done now. */
  gateway.signOut = async () => {
    const headers = { 'content-type': 'application/json', ...intent };
    const answer = await fetchAsIs('/auth/sign-out', { method: 'POST', headers, body: '{}' }).catch(() => null);
    return answer?.ok === true;
  };

  /** Somebody has sent a query along in the address. */
  gateway.isShared = () => new URLSearchParams(location.search).has('query');
  const tabOf = ({ title, query, variables = null, headers = null }) =>
    ({ id: crypto.randomUUID?.() ?? String(Math.random()), hash: null, title, query, variables, headers, operationName: title, response: null });
  const stateOf = () => JSON.parse(localStorage.getItem(tabs) ?? 'null');
  /**
   * Begins anew with the example of a tab that was closed, or with all as they were. It is done as the page comes back:
   * GraphiQL may write down its tabs until it is gone.
   */
  gateway.restart = (title) => {
    sessionStorage.setItem(next, JSON.stringify(title));
    location.replace(location.pathname);
  };

  // The browser keeps the tabs, but neither their headers nor what an upgrade has made of the examples.
  try {
    const wanted = JSON.parse(sessionStorage.getItem(next) ?? '""');
    sessionStorage.removeItem(next);
    // Or else GraphiQL would open the tab that has the query typed last.
    if (wanted !== '') localStorage.removeItem('graphiql:query');
    if (wanted === null) localStorage.removeItem(tabs);
    const state = stateOf() ?? (wanted ? { tabs: gateway.menu.map(tabOf), activeTabIndex: 0 } : null);
    const before = JSON.parse(localStorage.getItem(seen) ?? 'null');
    if (state !== null) {
      for (const tab of state.tabs) {
        const example = gateway.menu.find(({ title }) => title === tab.title);
        if (example === undefined) continue;
        const old = before?.find(({ title }) => title === tab.title);
        const isUntouched = before === null || (old?.query === tab.query && (old?.variables ?? '') === (tab.variables ?? ''));
        if (isUntouched) Object.assign(tab, { query: example.query, variables: example.variables ?? null });
        tab.headers ??= example.headers ?? null;
      }
      const isNew = ({ title }) => !before?.some((one) => one.title === title) && !state.tabs.some((tab) => tab.title === title);
      state.tabs.push(...gateway.menu.filter(isNew).map(tabOf));
      const reopened = gateway.menu.find(({ title }) => title === wanted);
      if (reopened !== undefined) {
        // It may be written down still, if it was closed a moment ago.
        state.tabs = state.tabs.filter(({ title }) => title !== wanted);
        state.activeTabIndex = state.tabs.push(tabOf(reopened)) - 1;
      }
      localStorage.setItem(tabs, JSON.stringify(state));
      // GraphiQL writes what is typed into the address, and would open it once more.
      const shared = new URLSearchParams(location.search).get('query');
      if (state.tabs.some(({ query }) => query === shared)) history.replaceState({}, '', location.pathname);
    }
    localStorage.setItem(seen, JSON.stringify(gateway.menu.map(({ title, query, variables }) => ({ title, query, variables }))));
  } catch {
    localStorage.removeItem(tabs);
  }
}`;

const STYLE = /* css */ `
  /* The tab that gets the focus jumps aside before the click is over: its drag-and-drop keeps an offset from before the
     page was laid out. */
  .graphiql-tab { transform: none !important; }
  .graphiql-logo { display: none; }
  body { display: flex; flex-direction: column; margin: 0; height: 100vh; height: 100dvh; overflow: hidden;
    --bar: #fff; --ink: #2b3547; --quiet: #5d6b82; --line: #d8dee8; --lift: #f3f5f9; --accent: #d60590; }
  body.graphiql-dark { --bar: #212a3b; --ink: #e7ecf5; --quiet: #a5b1c6; --line: #3d485c; --lift: #2d374a; --accent: #ff5794; }
  @media (prefers-color-scheme: dark) {
    body:not(.graphiql-light) { --bar: #212a3b; --ink: #e7ecf5; --quiet: #a5b1c6; --line: #3d485c; --lift: #2d374a; --accent: #ff5794; }
  }
  #root { flex: 1; min-height: 0; height: auto !important; }
  .graphiql-container { height: 100% !important; }
  .gateway-bar { display: flex; align-items: center; gap: 10px 20px; padding: 8px 16px; background: var(--bar);
    color: var(--ink); border-bottom: 1px solid var(--line); font: 15px/1.3 Roboto, system-ui, sans-serif; }
  .gateway-bar strong { font-weight: 500; font-size: 17px; letter-spacing: -0.01em; white-space: nowrap; margin-right: auto; }
  .gateway-bar strong::before { content: ''; display: inline-block; width: 10px; height: 10px; margin-right: 10px;
    border-radius: 50%; background: var(--accent); box-shadow: 0 0 0 4px color-mix(in srgb, var(--accent) 22%, transparent); }
  .gateway-bar label { display: flex; align-items: center; gap: 8px; min-width: 0; }
  .gateway-bar span { color: var(--quiet); white-space: nowrap; }
  .gateway-bar select, .gateway-bar input { font: inherit; color: var(--ink); background: var(--lift); min-width: 0;
    width: 210px; height: 34px; padding: 0 10px; border: 1px solid var(--line); border-radius: 8px; box-sizing: border-box; }
  .gateway-role select, .gateway-role input { width: 195px; }
  .gateway-bar select:focus-visible, .gateway-bar input:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
  .gateway-bar [hidden] { display: none; }
  ${SESSION_STYLE.trim()}
  .graphiql-tabs { overflow-x: auto; overscroll-behavior-x: contain; }
  .graphiql-tab { flex: none; touch-action: pan-x !important; }
  @media (max-width: 1200px) {
    .gateway-bar { flex-wrap: wrap; }
    .gateway-bar label { flex: 1 1 150px; flex-direction: column; align-items: stretch; gap: 2px; font-size: 13px; }
    .gateway-bar select, .gateway-bar input { width: 100%; font-size: 15px; }
  }
  @media (max-width: 960px) {
    .gateway-bar strong { width: 100%; }
  }
  @media (max-width: 760px) {
    .gateway-bar { padding: 8px 10px; }
    .gateway-bar strong { font-size: 16px; }
    .gateway-bar label { flex-basis: 40%; }
    /* 16 pixels: a phone zooms in on anything smaller. */
    .gateway-bar select, .gateway-bar input { height: 40px; font-size: 16px; }
    .graphiql-container { flex-direction: column-reverse; }
    .graphiql-sidebar { flex-direction: row !important; width: auto !important; padding: 2px 6px !important; overflow: visible !important; }
    .graphiql-sidebar button { width: 40px !important; height: 40px !important; margin: 0 !important; }
    .graphiql-main { flex-direction: column; min-height: 0; }
    .graphiql-main > .graphiql-plugin { min-width: 0 !important; }
    .graphiql-horizontal-drag-bar { display: none; }
    .graphiql-sessions { margin: 0 !important; border-radius: 0 !important; min-height: 0; }
    #graphiql-session { flex-direction: column !important; min-height: 0; }
    .graphiql-editors, .graphiql-response { min-height: 0; overflow: hidden; }
    .graphiql-response { border-top: 1px solid var(--line); }
  }
`;
