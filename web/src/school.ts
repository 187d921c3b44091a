/** The school that a signed-in person belongs to, as far as its pages need it: where its clock is. */
import { effect, signal } from "@preact/signals";

import { ConnectionLost, SignedOut } from "./api/client.ts";
import { readMe } from "./api/endpoints.ts";
import { person } from "./auth/session.ts";
import { t, timeZone } from "./texts/index.ts";
import { sentenceOf } from "./texts/problems.ts";

const RETRY_MS = 5_000;

/** False until the school has answered: times are shown on its clock and on no other. */
export const isSchoolKnown = signal(false);
/** Why it has not, in a sentence; asking goes on. */
export const schoolFault = signal<string | null>(null);

/** Ask for the school whenever somebody signs in. */
export function followSchool(): void {
  effect(() => {
    const username = person.value?.username;
    isSchoolKnown.value = false;
    schoolFault.value = null;
    if (username !== undefined) void ask(username);
  });
}

async function ask(username: string): Promise<void> {
  while (person.peek()?.username === username) {
    try {
      timeZone.value = (await readMe()).time_zone;
      schoolFault.value = null;
      isSchoolKnown.value = true;
      return;
    } catch (error) {
      if (error instanceof SignedOut) return;
      schoolFault.value = error instanceof ConnectionLost ? t.problems.offlineEmpty : sentenceOf(error);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
