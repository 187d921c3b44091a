/** Loading, empty, failed and offline: what a page says while it has nothing else to show. */
import type { ComponentChildren, JSX } from "preact";

import type { LiveState } from "../api/live.ts";
import { t, timeOf } from "../texts/index.ts";
import { sentenceOf } from "../texts/problems.ts";
import { Icon, type IconName } from "./glyph.tsx";

export function Loading({ lines = 6 }: { readonly lines?: number }): JSX.Element {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">{t.loading}</span>
      {Array.from({ length: lines }, (_, index) => (
        <i key={index} class="loading-line" />
      ))}
    </div>
  );
}

export function Notice(props: {
  readonly title: string;
  readonly hint?: string;
  readonly icon?: IconName;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="notice">
      {props.icon !== undefined && <Icon name={props.icon} />}
      <p class="notice-title">{props.title}</p>
      {props.hint !== undefined && <p class="notice-hint">{props.hint}</p>}
      {props.children}
    </div>
  );
}

/** What stands in the way of live data: nothing, a lost connection, or a refusal. */
export function LiveNotice<T>(props: {
  readonly state: LiveState<T>;
  readonly onRetry: () => void;
}): JSX.Element | null {
  const { data, isOffline, problem, checkedAt } = props.state;
  if (isOffline) {
    const text =
      data === null || checkedAt === null
        ? t.problems.offlineEmpty
        : t.problems.offline(timeOf(checkedAt));
    return (
      <Banner icon="offline" text={text}>
        <button type="button" class="button button-quiet" onClick={props.onRetry}>
          {t.tryAgain}
        </button>
      </Banner>
    );
  }
  if (problem === null) return null;
  const text = sentenceOf(problem);
  return (
    <Banner icon="warning" text={text}>
      <button type="button" class="button button-quiet" onClick={props.onRetry}>
        {t.tryAgain}
      </button>
    </Banner>
  );
}

export function Banner(props: {
  readonly icon: IconName;
  readonly text: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="banner" role="status">
      <Icon name={props.icon} />
      <p>{props.text}</p>
      {props.children}
    </div>
  );
}
