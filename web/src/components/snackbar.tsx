/** What just happened, with the way back. The live region is always there, so that changes are read out. */
import type { JSX } from "preact";

import type { Said } from "../register/corrections.ts";
import { t } from "../texts/index.ts";
import { Icon } from "./glyph.tsx";

export function Snackbar(props: {
  readonly said: Said | null;
  readonly canUndo: boolean;
  readonly onUndo: () => void;
  readonly onDismiss: () => void;
}): JSX.Element {
  const { said } = props;
  return (
    <div class="snackbar-place">
      <div class={said === null ? "" : `snackbar${said.isError ? " snackbar-error" : ""}`}>
        <p role="status">{said?.text}</p>
        {said !== null && !said.isError && props.canUndo && (
          <button type="button" class="button button-quiet" onClick={props.onUndo}>
            {t.undo}
          </button>
        )}
        {said !== null && (
          <button type="button" class="button button-icon" aria-label={t.dismiss} onClick={props.onDismiss}>
            <Icon name="close" />
          </button>
        )}
      </div>
    </div>
  );
}
