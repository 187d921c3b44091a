/** Data that keeps itself current: conditional reads every few seconds while somebody looks. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";

import { ApiProblem, ConnectionLost, SignedOut, type Tagged } from "./client.ts";

export interface LiveState<T> {
  readonly data: T | null;
  readonly etag: string | undefined;
  /** When the data was last known to be current; milliseconds since the epoch. */
  readonly checkedAt: number | null;
  /** The connection is lost: what is shown is what was last read. */
  readonly isOffline: boolean;
  readonly problem: ApiProblem | null;
}

export type Load<T> = (etag?: string) => Promise<Tagged<T> | null>;

/** For what people wait for, such as a register; a list that they glance at is asked for less often. */
const INTERVAL_MS = 5_000;
export const GLANCE_MS = 15_000;
const LONGEST_MS = 60_000;

export class Live<T> {
  readonly #state = signal<LiveState<T>>({
    data: null,
    etag: undefined,
    checkedAt: null,
    isOffline: false,
    problem: null,
  });
  readonly #load: Load<T>;
  readonly #intervalMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #isRunning = false;
  /** Counts what was written or read meanwhile, so that a slow old answer never replaces a newer one. */
  #turn = 0;

  constructor(load: Load<T>, intervalMs: number) {
    this.#load = load;
    this.#intervalMs = intervalMs;
  }

  get state(): ReadonlySignal<LiveState<T>> {
    return this.#state;
  }

  start(): void {
    this.#isRunning = true;
    document.addEventListener("visibilitychange", this.#onReturn);
    window.addEventListener("online", this.#onReturn);
    void this.refresh();
  }

  stop(): void {
    this.#isRunning = false;
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#onReturn);
    window.removeEventListener("online", this.#onReturn);
  }

  /** Read now; never rejects. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    try {
      const answered = await this.#load(this.#state.peek().etag);
      if (turn === this.#turn) this.#settle(answered);
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
    } finally {
      if (turn === this.#turn) this.#schedule();
    }
  }

  /** Take over what a write has answered. */
  replace(answered: Tagged<T>): void {
    this.#turn += 1;
    this.#settle(answered);
    this.#schedule();
  }

  #settle(answered: Tagged<T> | null): void {
    this.#failures = 0;
    const fresh = answered === null ? {} : { data: answered.data, etag: answered.etag };
    this.#state.value = {
      ...this.#state.peek(),
      ...fresh,
      checkedAt: Date.now(),
      isOffline: false,
      problem: null,
    };
  }

  #fail(error: unknown): void {
    if (error instanceof SignedOut) {
      this.stop();
      return;
    }
    this.#failures += 1;
    const state = this.#state.peek();
    if (error instanceof ConnectionLost) this.#state.value = { ...state, isOffline: true };
    else if (error instanceof ApiProblem) this.#state.value = { ...state, isOffline: false, problem: error };
    else throw error;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (!this.#isRunning || document.visibilityState === "hidden") return;
    const wait = Math.min(this.#intervalMs * 2 ** this.#failures, LONGEST_MS);
    this.#timer = setTimeout(() => void this.refresh(), wait);
  }

  readonly #onReturn = (): void => {
    if (document.visibilityState === "visible") void this.refresh();
    else clearTimeout(this.#timer);
  };
}

/** A `Live` for as long as the component is shown; made anew when one of `inputs` changes. */
export function useLive<T>(
  load: Load<T>,
  inputs: readonly unknown[],
  intervalMs: number = INTERVAL_MS,
): Live<T> {
  // The inputs are what `load` depends on; `load` itself is a new closure every time.
  const live = useMemo(() => new Live(load, intervalMs), inputs);
  useEffect(() => {
    live.start();
    return () => live.stop();
  }, [live]);
  return live;
}
