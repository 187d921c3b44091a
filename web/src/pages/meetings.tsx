import type { JSX } from "preact";

import { type Meetings, type MeetingSummary, readMeetings } from "../api/endpoints.ts";
import { GLANCE_MS, useLive } from "../api/live.ts";
import { now } from "../clock.ts";
import { Icon } from "../components/glyph.tsx";
import { LiveNotice, Loading, Notice } from "../components/notices.tsx";
import { PageTitle } from "../components/page.tsx";
import { CountList, standingsOf, Tally } from "../components/tally.tsx";
import { goTo, hrefs } from "../router.ts";
import { dayAway, dayOf, t, timeRange } from "../texts/index.ts";

export function MeetingsPage({ date }: { readonly date: string | null }): JSX.Element {
  const live = useLive<Meetings>((etag) => readMeetings(date, etag), [date], GLANCE_MS);
  const state = live.state.value;
  const day = state.data?.date ?? date;
  return (
    <div class="page page-narrow">
      <div class="page-header">
        <PageTitle title={date === null ? t.meetings.title : dayOf(date)}>
          {day === null ? t.meetings.title : dayOf(day)}
        </PageTitle>
        {day !== null && <DayChoice day={day} isToday={date === null} />}
      </div>
      <LiveNotice state={state} onRetry={() => void live.refresh()} />
      {state.data === null ? (
        !state.isOffline && state.problem === null && <Loading />
      ) : (
        <Day meetings={state.data} isToday={date === null} />
      )}
    </div>
  );
}

function DayChoice({ day, isToday }: { readonly day: string; readonly isToday: boolean }): JSX.Element {
  return (
    <div class="day-choice">
      <a class="button button-icon" href={hrefs.meetings(dayAway(day, -1))} aria-label={t.meetings.previousDay}>
        <Icon name="back" />
      </a>
      <label>
        <span class="visually-hidden">{t.meetings.chooseDay}</span>
        <input
          type="date"
          value={day}
          onChange={(event) => {
            if (event.currentTarget.value !== "") goTo(hrefs.meetings(event.currentTarget.value));
          }}
        />
      </label>
      <a class="button button-icon" href={hrefs.meetings(dayAway(day, 1))} aria-label={t.meetings.nextDay}>
        <Icon name="forward" />
      </a>
      {!isToday && (
        <a class="button button-quiet" href={hrefs.meetings()}>
          {t.meetings.today}
        </a>
      )}
    </div>
  );
}

function Day(props: { readonly meetings: Meetings; readonly isToday: boolean }): JSX.Element {
  const { items } = props.meetings;
  if (items.length === 0) return <Notice title={t.meetings.none} hint={t.meetings.noneHint} />;
  const at = now.value;
  const running = items.filter((m) => Date.parse(m.starts_at) <= at && at < Date.parse(m.ends_at));
  const earlier = items.filter((m) => Date.parse(m.ends_at) <= at).reverse();
  const later = items.filter((m) => Date.parse(m.starts_at) > at);
  return (
    <>
      {running.length > 0 && (
        <section aria-labelledby="on-now">
          <h2 id="on-now" class="section-title">
            {t.meetings.now}
          </h2>
          <ul class="running">
            {running.map((meeting) => (
              <Running key={meeting.meeting_id} meeting={meeting} />
            ))}
          </ul>
        </section>
      )}
      {running.length === 0 && props.isToday && <p class="quiet">{t.meetings.noneNow}</p>}
      <MeetingList id="earlier" title={t.meetings.earlier} meetings={earlier} />
      <MeetingList id="later" title={t.meetings.later} meetings={later} />
    </>
  );
}

function Running(props: { readonly meeting: MeetingSummary }): JSX.Element {
  const { meeting } = props;
  const begins = Date.parse(meeting.starts_at);
  const ends = Date.parse(meeting.ends_at);
  const minutes = Math.max(0, Math.ceil((ends - now.value) / 60_000));
  return (
    <li class="sheet running-meeting">
      <a class="cover-link" href={hrefs.register(meeting.meeting_id)}>
        {meeting.section.name}
      </a>
      <p class="meeting-meta">
        <span>{timeRange(meeting.starts_at, meeting.ends_at)}</span>
        <span>{t.meetings.room(meeting.room_id)}</span>
        <span>{t.meetings.minutesLeft(minutes)}</span>
      </p>
      <progress class="elapsed" max={ends - begins} value={now.value - begins} aria-hidden="true" />
      <Standing meeting={meeting} />
    </li>
  );
}

function Standing({ meeting }: { readonly meeting: MeetingSummary }): JSX.Element {
  const isTaken = meeting.version > 0 && meeting.status !== "not_taken";
  return (
    <>
      <Tally standings={standingsOf(meeting.counts)} />
      <div class="meeting-standing">
        {isTaken ? (
          <CountList counts={meeting.counts} />
        ) : (
          <p class="counts">{t.counts.label(meeting.counts.students)}</p>
        )}
        <StatusTag status={meeting.status} endsAt={meeting.ends_at} />
      </div>
    </>
  );
}

export function StatusTag(props: {
  readonly status: MeetingSummary["status"];
  readonly endsAt: string;
}): JSX.Element {
  const { status } = props;
  // What was expected of a meeting that is over will not come by itself any more.
  const isMissed = status === "expected" && Date.parse(props.endsAt) <= now.value;
  return <span class={`tag tag-${status}`}>{isMissed ? t.neverTaken : t.registerStatuses[status]}</span>;
}

function MeetingList(props: {
  readonly id: string;
  readonly title: string;
  readonly meetings: readonly MeetingSummary[];
}): JSX.Element | null {
  if (props.meetings.length === 0) return null;
  return (
    <section aria-labelledby={props.id}>
      <h2 id={props.id} class="section-title">
        {props.title}
      </h2>
      <ul class="sheet ledger meeting-list">
        {props.meetings.map((meeting) => (
          <MeetingLine key={meeting.meeting_id} meeting={meeting} />
        ))}
      </ul>
    </section>
  );
}

function MeetingLine(props: { readonly meeting: MeetingSummary }): JSX.Element {
  const { meeting } = props;
  const [from, to] = timeRange(meeting.starts_at, meeting.ends_at).split(" – ");
  const isTaken = meeting.version > 0 && meeting.status !== "not_taken";
  return (
    <li class="ledger-line meeting-line">
      <p class="ledger-margin meeting-time">
        <span>{from}</span>
        <span class="meeting-end">{to}</span>
      </p>
      <div class="meeting-body">
        <a class="cover-link" href={hrefs.register(meeting.meeting_id)}>
          {meeting.section.name}
        </a>
        <p class="meeting-meta">
          <span>{t.meetings.room(meeting.room_id)}</span>
          {!isTaken && <span>{t.counts.label(meeting.counts.students)}</span>}
        </p>
      </div>
      {isTaken ? <CountList counts={meeting.counts} /> : <StatusTag status={meeting.status} endsAt={meeting.ends_at} />}
    </li>
  );
}
