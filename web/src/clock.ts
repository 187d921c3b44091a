/** The time, told anew every half minute: enough for what is on now and how long it lasts. */
import { signal } from "@preact/signals";

export const now = signal(Date.now());

setInterval(() => {
  now.value = Date.now();
}, 30_000);
