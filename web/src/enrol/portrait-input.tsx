/** Take or choose a portrait, and see it before it is sent. */
import { useSignal } from "@preact/signals";
import type { JSX, TargetedEvent } from "preact";
import { useEffect, useId } from "preact/hooks";

import { Icon } from "../components/glyph.tsx";
import { t } from "../texts/index.ts";
import { PictureUnreadable, preparePortrait, type PreparedPortrait } from "./portrait-file.ts";

export function PortraitInput(props: {
  readonly portrait: PreparedPortrait | null;
  readonly onChange: (portrait: PreparedPortrait | null) => void;
  readonly disabled?: boolean;
}): JSX.Element {
  const { portrait } = props;
  const fault = useSignal<string | null>(null);
  const hintId = useId();
  useEffect(() => {
    const url = portrait?.previewUrl;
    return () => {
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [portrait]);

  async function take(event: TargetedEvent<HTMLInputElement>): Promise<void> {
    const input = event.currentTarget;
    const file = input.files?.[0];
    if (file === undefined) return;
    try {
      props.onChange(await preparePortrait(file));
      fault.value = null;
    } catch (error) {
      if (!(error instanceof PictureUnreadable)) throw error;
      props.onChange(null);
      fault.value = t.enrol.unreadable;
    }
    // The same file may be chosen again, after it was changed.
    input.value = "";
  }

  const shared = {
    type: "file",
    disabled: props.disabled ?? false,
    onChange: take,
    "aria-describedby": hintId,
  } as const;
  return (
    <div class="portrait-input">
      <div class="portrait-frame">
        {portrait === null ? (
          <svg viewBox="0 0 100 120" aria-hidden="true" class="portrait-guide">
            <ellipse cx="50" cy="50" rx="25" ry="33" />
            <path d="M8 120c3-22 20-33 42-33s39 11 42 33" />
          </svg>
        ) : (
          <img src={portrait.previewUrl} alt={t.enrol.preview} />
        )}
      </div>
      <div class="portrait-choice">
        <p id={hintId}>{t.enrol.portraitHint}</p>
        <div class="portrait-buttons">
          <label class="button camera-only">
            <input {...shared} accept="image/*" capture="environment" class="visually-hidden" />
            <Icon name="camera" />
            {t.enrol.takePicture}
          </label>
          <label class="button">
            <input {...shared} accept="image/*" class="visually-hidden" data-testid="portrait-file" />
            {portrait === null ? t.enrol.chooseFile : t.enrol.otherPicture}
          </label>
        </div>
        <p class="form-fault" role="alert">
          {fault.value}
        </p>
        {portrait !== null && <p class="quiet">{t.enrol.stripped}</p>}
      </div>
    </div>
  );
}
