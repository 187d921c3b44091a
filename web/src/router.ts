/** Addresses of pages, kept in the fragment: the site needs no server that knows them. */
import { signal } from "@preact/signals";

export type Route =
  | { readonly page: "meetings"; readonly date: string | null }
  | { readonly page: "register"; readonly meetingId: string }
  | { readonly page: "students" }
  | { readonly page: "enrol" }
  | { readonly page: "student"; readonly studentId: string }
  | { readonly page: "missing" };

export const hrefs = {
  meetings: (date?: string) => (date === undefined ? "#/" : `#/?date=${date}`),
  register: (meetingId: string) => `#/registers/${encodeURIComponent(meetingId)}`,
  students: "#/students",
  enrol: "#/students/new",
  student: (studentId: string) => `#/students/${encodeURIComponent(studentId)}`,
} as const;

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?");
  const parts = path.split("/").filter((part) => part !== "");
  const [first, second, ...rest] = parts;
  if (rest.length > 0) return { page: "missing" };
  if (first === undefined) {
    const date = new URLSearchParams(query).get("date");
    return { page: "meetings", date: date !== null && /^\d{4}-\d{2}-\d{2}$/.test(date) ? date : null };
  }
  if (first === "registers" && second !== undefined) {
    return { page: "register", meetingId: decode(second) };
  }
  if (first === "students") {
    if (second === undefined) return { page: "students" };
    if (second === "new") return { page: "enrol" };
    return { page: "student", studentId: decode(second) };
  }
  return { page: "missing" };
}

export const route = signal<Route>(parseRoute(window.location.hash));

window.addEventListener("hashchange", () => {
  route.value = parseRoute(window.location.hash);
});

export function goTo(href: string): void {
  window.location.hash = href;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
