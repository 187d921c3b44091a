import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { setNewPassword, signIn, type SignIn, SignInError } from "../auth/cognito.ts";
import { begin, hasEnded } from "../auth/session.ts";
import { Field } from "../components/field.tsx";
import { Logo } from "../components/frame.tsx";
import { t } from "../texts/index.ts";

export function SignInPage(): JSX.Element {
  const username = useSignal("");
  const password = useSignal("");
  const challenge = useSignal<string | null>(null);
  const fault = useSignal<string | null>(null);
  const isBusy = useSignal(false);

  const wantsNewPassword = challenge.value !== null;
  const title = wantsNewPassword ? t.signIn.newPasswordTitle : t.signIn.title;
  useEffect(() => {
    document.title = `${title} · ${t.product}`;
  }, [title]);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    isBusy.value = true;
    fault.value = null;
    try {
      const session = challenge.value;
      const outcome =
        session === null
          ? await signIn(username.value.trim(), password.value)
          : await setNewPassword(username.value.trim(), password.value, session);
      follow(outcome);
    } catch (error) {
      fault.value = faultOf(error);
    } finally {
      isBusy.value = false;
    }
  }

  function follow(outcome: SignIn): void {
    password.value = "";
    if (outcome.outcome === "signed-in") begin(outcome.tokens);
    else challenge.value = outcome.session;
  }

  return (
    <main class="sign-in">
      <form class="sheet sign-in-sheet" onSubmit={submit}>
        <div class="sign-in-brand">
          <Logo />
          <div>
            <p class="sign-in-product">{t.product}</p>
            <p class="sign-in-lead">{t.signIn.lead}</p>
          </div>
        </div>
        <h1>{title}</h1>
        {hasEnded.value && !wantsNewPassword && <p class="sign-in-note">{t.signIn.hasEnded}</p>}
        {wantsNewPassword && <p class="sign-in-note">{t.signIn.newPasswordLead}</p>}
        {!wantsNewPassword && (
          <Field label={t.signIn.username}>
            {(attributes) => (
              <input
                {...attributes}
                name="username"
                type="text"
                required
                autocomplete="username"
                autocapitalize="none"
                spellcheck={false}
                value={username.value}
                onInput={(event) => (username.value = event.currentTarget.value)}
              />
            )}
          </Field>
        )}
        <Field label={wantsNewPassword ? t.signIn.newPassword : t.signIn.password}>
          {(attributes) => (
            <input
              {...attributes}
              key={wantsNewPassword ? "new" : "current"}
              name="password"
              type="password"
              required
              autocomplete={wantsNewPassword ? "new-password" : "current-password"}
              value={password.value}
              onInput={(event) => (password.value = event.currentTarget.value)}
            />
          )}
        </Field>
        <p class="form-fault" role="alert">
          {fault.value}
        </p>
        <button class="button button-primary" disabled={isBusy.value}>
          {buttonText(isBusy.value, wantsNewPassword)}
        </button>
      </form>
    </main>
  );
}

function buttonText(isBusy: boolean, wantsNewPassword: boolean): string {
  if (isBusy) return t.signIn.submitting;
  return wantsNewPassword ? t.signIn.newPasswordSubmit : t.signIn.submit;
}

const FAULTS: Readonly<Record<string, string>> = {
  NotAuthorizedException: t.signIn.wrong,
  UserNotFoundException: t.signIn.wrong,
  TooManyRequestsException: t.signIn.throttled,
  InvalidPasswordException: t.signIn.newPasswordWeak,
};

function faultOf(error: unknown): string {
  if (error instanceof SignInError) return FAULTS[error.code] ?? t.signIn.failed;
  return t.signIn.unreachable;
}
