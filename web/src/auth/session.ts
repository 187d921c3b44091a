/** Who is signed in. Tokens live in memory, and in this tab's sessionStorage so that a reload keeps them. */
import { computed, signal } from "@preact/signals";

import { renew, SignInError, type Tokens } from "./cognito.ts";

export interface Session {
  readonly idToken: string;
  readonly refreshToken: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const KEY = "rollcall.session";
/** Renew this long before the end, so that no request leaves with a token that ends on the way. */
const MARGIN_MS = 60_000;

export const session = signal<Session | null>(restore());
/** True after a session has ended by itself: the sign-in page then says why it is shown. */
export const hasEnded = signal(false);

export type Role = "teacher" | "admin" | "operator";

export interface Person {
  readonly username: string;
  readonly roles: readonly Role[];
}

/** As the token says it, to decide what to show; what may be done is the API's decision. */
export const person = computed<Person | null>(() => {
  if (session.value === null) return null;
  const claims = claimsOf(session.value.idToken);
  const username = claims["cognito:username"];
  const groups = claims["cognito:groups"];
  return {
    username: typeof username === "string" ? username : "",
    roles: (Array.isArray(groups) ? groups : []) as Role[],
  };
});

export const isAdmin = computed(() => person.value?.roles.includes("admin") ?? false);

export function begin(tokens: Tokens, now = Date.now()): void {
  hasEnded.value = false;
  store({
    idToken: tokens.idToken,
    refreshToken: tokens.refreshToken ?? session.peek()?.refreshToken,
    expiresAt: now + tokens.expiresIn * 1000,
  });
}

export function end(byItself = false): void {
  hasEnded.value = byItself;
  store(null);
}

let renewing: Promise<void> | undefined;

/** A token that is good for the next request, or null where the person has to sign in again. */
export async function currentToken(options: { readonly renewed?: boolean } = {}): Promise<string | null> {
  const current = session.peek();
  if (current === null) return null;
  const isFresh = current.expiresAt - Date.now() > MARGIN_MS;
  if (isFresh && options.renewed !== true) return current.idToken;
  renewing ??= renewSession(current).finally(() => {
    renewing = undefined;
  });
  await renewing;
  return session.peek()?.idToken ?? null;
}

async function renewSession(current: Session): Promise<void> {
  if (current.refreshToken === undefined) {
    end(true);
    return;
  }
  try {
    begin(await renew(current.refreshToken));
  } catch (error) {
    // Cognito's refusal ends the session; a lost connection does not.
    if (!(error instanceof SignInError)) throw error;
    end(true);
  }
}

function store(next: Session | null): void {
  session.value = next;
  if (next === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, JSON.stringify(next));
}

function restore(): Session | null {
  const stored = sessionStorage.getItem(KEY);
  if (stored === null) return null;
  try {
    return JSON.parse(stored) as Session;
  } catch {
    return null;
  }
}

function claimsOf(token: string): Record<string, unknown> {
  const payload = token.split(".")[1] ?? "";
  try {
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
