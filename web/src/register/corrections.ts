/** Setting marks: one write after another, each over the register that the one before has answered. */
import { signal } from "@preact/signals";

import { ApiProblem, SignedOut, type Tagged } from "../api/client.ts";
import { correctMark, type Mark, type MarkStatus, type Register, withdrawCorrection } from "../api/endpoints.ts";
import type { Live } from "../api/live.ts";
import { t } from "../texts/index.ts";
import { sentenceOf } from "../texts/problems.ts";

export interface Said {
  readonly text: string;
  readonly isError: boolean;
}

interface Wanted {
  /** What the person saw when deciding. */
  readonly before: Mark;
  readonly write: (etag: string) => Promise<Tagged<Register>>;
  readonly said: string;
}

export class Corrections {
  /** Ids of students whose mark is being written. */
  readonly pending = signal<ReadonlySet<string>>(new Set());
  /** What to tell the person about the last change; null when there is nothing to tell. */
  readonly said = signal<Said | null>(null);
  /** Whether there is a change to undo. */
  readonly canUndo = signal(false);

  readonly #meetingId: string;
  readonly #live: Live<Register>;
  readonly #done: Mark[] = [];
  #queue: Promise<void> = Promise.resolve();

  constructor(meetingId: string, live: Live<Register>) {
    this.#meetingId = meetingId;
    this.#live = live;
  }

  set(mark: Mark, status: MarkStatus, reason: string | null = null): Promise<void> {
    return this.#enqueue(this.#setting(mark, status, reason), true);
  }

  /** Give a mark back to the camera. */
  withdraw(mark: Mark): Promise<void> {
    return this.#enqueue(this.#withdrawing(mark), true);
  }

  /** Bring back what the last change replaced. */
  undo(): Promise<void> {
    const before = this.#done.pop();
    this.canUndo.value = this.#done.length > 0;
    if (before === undefined) return Promise.resolve();
    const current = this.#mark(before.student_id) ?? before;
    const wanted =
      before.source === "camera"
        ? this.#withdrawing(current)
        : this.#setting(current, before.status, before.reason);
    return this.#enqueue(wanted, false);
  }

  #setting(before: Mark, status: MarkStatus, reason: string | null): Wanted {
    return {
      before,
      write: (etag) => correctMark(this.#meetingId, before.student_id, { status, reason }, etag),
      said: t.register.saved(before.name, t.statuses[status]),
    };
  }

  #withdrawing(before: Mark): Wanted {
    return {
      before,
      write: (etag) => withdrawCorrection(this.#meetingId, before.student_id, etag),
      said: t.register.withdrawn(before.name),
    };
  }

  #enqueue(wanted: Wanted, isUndoable: boolean): Promise<void> {
    const id = wanted.before.student_id;
    this.pending.value = new Set([...this.pending.peek(), id]);
    this.#queue = this.#queue.then(async () => {
      try {
        await this.#write(wanted);
        if (isUndoable) this.#done.push(wanted.before);
        this.canUndo.value = this.#done.length > 0;
        this.said.value = { text: wanted.said, isError: false };
      } catch (error) {
        if (!(error instanceof SignedOut)) this.said.value = { text: sentenceOf(error), isError: true };
      } finally {
        this.pending.value = new Set([...this.pending.peek()].filter((other) => other !== id));
      }
    });
    return this.#queue;
  }

  /** A register that changed elsewhere is no reason to refuse, as long as this one mark did not. */
  async #write(wanted: Wanted): Promise<void> {
    try {
      this.#live.replace(await wanted.write(this.#etag()));
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.kind !== "stale") throw error;
      await this.#live.refresh();
      const current = this.#mark(wanted.before.student_id);
      if (current === undefined || !isSame(current, wanted.before)) throw error;
      this.#live.replace(await wanted.write(this.#etag()));
    }
  }

  #etag(): string {
    return this.#live.state.peek().etag ?? "";
  }

  #mark(studentId: string): Mark | undefined {
    return this.#live.state.peek().data?.marks.find((mark) => mark.student_id === studentId);
  }
}

function isSame(one: Mark, other: Mark): boolean {
  return (
    one.status === other.status &&
    one.source === other.source &&
    one.review?.capture_id === other.review?.capture_id
  );
}
