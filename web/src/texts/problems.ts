/** What went wrong, in a sentence. */
import { ApiProblem, ConnectionLost } from "../api/client.ts";
import { t } from "./index.ts";

/** Kinds whose detail, written by the API for this very case, says more than a general text could. */
const SPEAK_FOR_THEMSELVES = new Set(["access-denied", "no-camera", "consent-missing", "student-exists"]);

export function sentenceOf(error: unknown): string {
  if (error instanceof ConnectionLost) return t.problems.connection;
  if (!(error instanceof ApiProblem)) return t.problems.other;
  if (error.detail !== "" && SPEAK_FOR_THEMSELVES.has(error.kind)) return error.detail;
  const known: Readonly<Record<string, unknown>> = t.problems;
  const text = known[error.kind];
  return typeof text === "string" ? text : t.problems.other;
}
