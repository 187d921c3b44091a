/** Requests to the API: the token, entity tags, and errors as exceptions with a meaning. */
import { currentToken, end } from "../auth/session.ts";

/** An answer of RFC 9457. `kind` is the last part of its type, such as "stale". */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    readonly detail: string,
  ) {
    super(detail);
  }
}

/** The request did not reach the API, or its answer did not come back. */
export class ConnectionLost extends Error {}

/** The session is over; the page is on its way to the sign-in. */
export class SignedOut extends Error {}

export interface Tagged<T> {
  readonly data: T;
  readonly etag: string;
}

interface Options {
  readonly body?: unknown;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string | undefined;
}

/** Read; null where `ifNoneMatch` is still current. */
export async function read<T>(path: string, ifNoneMatch?: string): Promise<Tagged<T> | null> {
  const answered = await send("GET", path, { ifNoneMatch });
  if (answered.status === 304) {
    // Browsers count an answer whose body nobody reads as given up, even one without a body.
    await answered.arrayBuffer();
    return null;
  }
  return { data: (await json(answered)) as T, etag: answered.headers.get("etag") ?? "" };
}

/** Read what is wanted in any case. */
export async function fetchOne<T>(path: string): Promise<T> {
  return (await json(await send("GET", path, {}))) as T;
}

export async function write<T>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  options: { readonly body?: unknown; readonly ifMatch?: string } = {},
): Promise<Tagged<T>> {
  const answered = await send(method, path, options);
  return { data: (await json(answered)) as T, etag: answered.headers.get("etag") ?? "" };
}

async function send(method: string, path: string, options: Options): Promise<Response> {
  let answered = await attempt(method, path, options, await token());
  if (answered.status === 401) {
    answered = await attempt(method, path, options, await token({ renewed: true }));
    if (answered.status === 401) {
      end(true);
      throw new SignedOut();
    }
  }
  if (answered.ok || answered.status === 304) return answered;
  throw await problemOf(answered);
}

async function token(options: { readonly renewed?: boolean } = {}): Promise<string> {
  let current: string | null;
  try {
    current = await currentToken(options);
  } catch (error) {
    throw new ConnectionLost(String(error));
  }
  if (current === null) throw new SignedOut();
  return current;
}

async function attempt(method: string, path: string, options: Options, idToken: string): Promise<Response> {
  const headers = new Headers({ authorization: `Bearer ${idToken}` });
  if (options.body !== undefined) headers.set("content-type", "application/json");
  if (options.ifMatch !== undefined) headers.set("if-match", options.ifMatch);
  if (options.ifNoneMatch !== undefined) headers.set("if-none-match", options.ifNoneMatch);
  const init: RequestInit = { method, headers, cache: "no-store" };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  try {
    return await fetch(path, init);
  } catch (error) {
    throw new ConnectionLost(String(error));
  }
}

async function json(answered: Response): Promise<unknown> {
  try {
    return await answered.json();
  } catch (error) {
    throw new ConnectionLost(String(error));
  }
}

async function problemOf(answered: Response): Promise<ApiProblem> {
  const fallback = new ApiProblem(answered.status, answered.status >= 500 ? "unavailable" : "refused", "");
  if (!(answered.headers.get("content-type") ?? "").includes("problem+json")) return fallback;
  const body = (await json(answered)) as { type?: string; detail?: string };
  const kind = body.type?.split(":").at(-1) ?? fallback.kind;
  return new ApiProblem(answered.status, kind, body.detail ?? "");
}
