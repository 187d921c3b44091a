/** What surrounds every page of a signed-in person. */
import type { ComponentChildren, JSX } from "preact";

import { end, isAdmin, person } from "../auth/session.ts";
import { hrefs, route } from "../router.ts";
import { t } from "../texts/index.ts";

export function Frame({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <>
      <a class="skip" href="#content" onClick={skip}>
        {t.skipToContent}
      </a>
      <header class="site-header">
        <a class="wordmark" href={hrefs.meetings()} aria-label={t.product}>
          <Logo />
          <span>{t.product}</span>
        </a>
        <nav class="site-nav" aria-label={t.nav.label}>
          <NavLink href={hrefs.meetings()} isCurrent={["meetings", "register"].includes(route.value.page)}>
            {t.nav.meetings}
          </NavLink>
          {isAdmin.value && (
            <NavLink
              href={hrefs.students}
              isCurrent={["students", "student", "enrol"].includes(route.value.page)}
            >
              {t.nav.students}
            </NavLink>
          )}
        </nav>
        <div class="account">
          <span class="account-name" title={t.nav.signedInAs(person.value?.username ?? "")}>
            {person.value?.username}
          </span>
          <button type="button" class="button button-quiet" onClick={() => end()}>
            {t.nav.signOut}
          </button>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect class="logo-sheet" width="32" height="32" rx="7" />
      <path class="logo-rules" d="M6 10.5h20M6 16h20M6 21.5h20" />
      <path class="logo-margin" d="M11 6v20" />
      <path class="logo-tick" d="M14.5 16.5l3.6 3.8L25 11.5" />
    </svg>
  );
}

function NavLink(props: {
  readonly href: string;
  readonly isCurrent: boolean;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <a href={props.href} aria-current={props.isCurrent ? "page" : undefined}>
      {props.children}
    </a>
  );
}

/** The fragment names the page here, so the link moves the focus itself. */
function skip(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}
