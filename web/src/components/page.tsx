/** A page's title: on the tab, as its heading, and where the focus goes when it opens. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { t } from "../texts/index.ts";

let isFirstPage = true;

export function PageTitle(props: {
  readonly title: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${props.title} · ${t.product}`;
  }, [props.title]);
  useEffect(() => {
    // The first page has been announced by the browser already.
    if (!isFirstPage) ref.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  return (
    <h1 ref={ref} tabIndex={-1}>
      {props.children ?? props.title}
    </h1>
  );
}
