/** The three calls of Amazon Cognito that signing in needs; its SDK would be most of the bundle. */
import { config } from "../config.ts";

export interface Tokens {
  readonly idToken: string;
  /** Cognito sends it at sign-in only; a renewed session keeps the one it has. */
  readonly refreshToken: string | undefined;
  readonly expiresIn: number;
}

export type SignIn =
  | { readonly outcome: "signed-in"; readonly tokens: Tokens }
  | { readonly outcome: "new-password"; readonly session: string };

/** A refusal by Cognito; `code` is its error type, such as NotAuthorizedException. */
export class SignInError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Answer {
  readonly AuthenticationResult?: {
    readonly IdToken: string;
    readonly RefreshToken?: string;
    readonly ExpiresIn: number;
  };
  readonly ChallengeName?: string;
  readonly Session?: string;
  readonly __type?: string;
  readonly message?: string;
}

export async function signIn(username: string, password: string): Promise<SignIn> {
  const parameters = { USERNAME: username, PASSWORD: password };
  return outcomeOf(await initiate("USER_PASSWORD_AUTH", parameters));
}

/** Answer Cognito's demand for a password of one's own, after the first sign-in with a given one. */
export async function setNewPassword(username: string, password: string, session: string): Promise<SignIn> {
  const answer = await call("RespondToAuthChallenge", {
    ChallengeName: "NEW_PASSWORD_REQUIRED",
    Session: session,
    ChallengeResponses: { USERNAME: username, NEW_PASSWORD: password },
  });
  return outcomeOf(answer);
}

export async function renew(refreshToken: string): Promise<Tokens> {
  const outcome = outcomeOf(await initiate("REFRESH_TOKEN_AUTH", { REFRESH_TOKEN: refreshToken }));
  if (outcome.outcome !== "signed-in") throw new SignInError("ChallengeRequired", outcome.outcome);
  return outcome.tokens;
}

function initiate(flow: string, parameters: Record<string, string>): Promise<Answer> {
  return call("InitiateAuth", { AuthFlow: flow, AuthParameters: parameters });
}

async function call(operation: string, body: Record<string, unknown>): Promise<Answer> {
  const { cognito_url: url, user_pool_client_id: clientId } = await config();
  const answered = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify({ ClientId: clientId, ...body }),
  });
  const answer = (await answered.json()) as Answer;
  if (!answered.ok) {
    throw new SignInError(answer.__type?.split("#").at(-1) ?? "Unknown", answer.message ?? "");
  }
  return answer;
}

function outcomeOf(answer: Answer): SignIn {
  const result = answer.AuthenticationResult;
  if (result !== undefined) {
    const tokens = {
      idToken: result.IdToken,
      refreshToken: result.RefreshToken,
      expiresIn: result.ExpiresIn,
    };
    return { outcome: "signed-in", tokens };
  }
  if (answer.ChallengeName === "NEW_PASSWORD_REQUIRED" && answer.Session !== undefined) {
    return { outcome: "new-password", session: answer.Session };
  }
  throw new SignInError(answer.ChallengeName ?? "Unknown", "");
}
