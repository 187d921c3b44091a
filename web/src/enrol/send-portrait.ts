/** From a prepared portrait to what became of it. */
import { ConnectionLost } from "../api/client.ts";
import { type Portrait, readPortrait, requestPortrait, type Upload } from "../api/endpoints.ts";
import type { PreparedPortrait } from "./portrait-file.ts";

export type Step = "portrait" | "uploading" | "checking";

const POLL_MS = 1_000;
const PATIENCE_MS = 45_000;
/** Headers that a browser sets by itself and lets nobody else set. */
const SET_BY_BROWSER = new Set(["content-length", "host"]);

/** Upload a portrait and wait for the verdict; one that is still waiting took longer than usual. */
export async function sendPortrait(
  studentId: string,
  portrait: PreparedPortrait,
  onStep: (step: Step) => void,
): Promise<Portrait> {
  onStep("portrait");
  const { portrait_id: portraitId, upload } = await requestPortrait(studentId, {
    bytes: portrait.blob.size,
    sha256: portrait.sha256,
    content_type: "image/jpeg",
  });
  onStep("uploading");
  await put(upload, portrait.blob);
  onStep("checking");
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await readPortrait(studentId, portraitId);
    if (found.status !== "waiting" || Date.now() > until) return found;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function put(upload: Upload, blob: Blob): Promise<void> {
  const headers = Object.entries(upload.headers).filter(([name]) => !SET_BY_BROWSER.has(name.toLowerCase()));
  let answered: Response;
  try {
    answered = await fetch(upload.url, { method: "PUT", headers, body: blob });
    await answered.arrayBuffer();
  } catch (error) {
    throw new ConnectionLost(String(error));
  }
  if (!answered.ok) throw new Error(`upload: ${answered.status}`);
}
