/** A labelled input with its hint and its fault, tied together for those who hear the page. */
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

export interface FieldAttributes {
  readonly id: string;
  readonly "aria-describedby"?: string;
  readonly "aria-invalid"?: boolean;
}

export function Field(props: {
  readonly label: string;
  readonly hint?: string;
  readonly fault?: string | null;
  readonly children: (attributes: FieldAttributes) => ComponentChildren;
}): JSX.Element {
  const id = useId();
  const hintId = `${id}-hint`;
  const faultId = `${id}-fault`;
  const hasFault = props.fault !== undefined && props.fault !== null;
  const described = [props.hint !== undefined && hintId, hasFault && faultId].filter(Boolean).join(" ");
  const attributes: FieldAttributes = {
    id,
    ...(described === "" ? {} : { "aria-describedby": described }),
    ...(hasFault ? { "aria-invalid": true } : {}),
  };
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.hint !== undefined && (
        <p class="field-hint" id={hintId}>
          {props.hint}
        </p>
      )}
      {props.children(attributes)}
      {hasFault && (
        <p class="field-fault" id={faultId}>
          {props.fault}
        </p>
      )}
    </div>
  );
}
