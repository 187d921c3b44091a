/** The API's operations, typed by the types that are generated from openapi.json. */
import { fetchOne, read, type Tagged, write } from "./client.ts";
import type { components } from "./types.ts";

type Schemas = components["schemas"];
export type Box = Schemas["Box"];
export type CaptureState = Schemas["CaptureState"];
export type CaptureSummary = Schemas["CaptureSummary"];
export type Change = Schemas["Change"];
export type Counts = Schemas["Counts"];
export type Face = Schemas["Face"];
export type Mark = Schemas["Mark"];
export type Me = Schemas["Me"];
export type MarkStatus = Mark["status"];
export type Meetings = Schemas["Meetings"];
export type MeetingSummary = Schemas["MeetingSummary"];
export type Picture = Schemas["Picture"];
export type Pictures = Schemas["Pictures"];
export type Portrait = Schemas["Portrait"];
export type Register = Schemas["Register"];
export type RegisterStatus = Register["status"];
export type Room = Schemas["Room"];
export type SectionRef = Schemas["SectionRef"];
export type StudentRecord = Schemas["StudentRecord"];
export type StudentRef = Schemas["StudentRef"];
export type Upload = Schemas["Upload"];

const part = encodeURIComponent;

export function readMe(): Promise<Me> {
  return fetchOne("/v1/me");
}

export function readMeetings(date: string | null, etag?: string): Promise<Tagged<Meetings> | null> {
  return read(date === null ? "/v1/meetings" : `/v1/meetings?date=${part(date)}`, etag);
}

export function readRegister(meetingId: string, etag?: string): Promise<Tagged<Register> | null> {
  return read(`/v1/registers/${part(meetingId)}`, etag);
}

export function readPictures(meetingId: string, etag?: string): Promise<Tagged<Pictures> | null> {
  return read(`/v1/registers/${part(meetingId)}/pictures`, etag);
}

export async function readChanges(meetingId: string): Promise<readonly Change[]> {
  return (await fetchOne<Schemas["Changes"]>(`/v1/registers/${part(meetingId)}/changes`)).items;
}

export function correctMark(
  meetingId: string,
  studentId: string,
  correction: Schemas["Correction"],
  etag: string,
): Promise<Tagged<Register>> {
  const path = `/v1/registers/${part(meetingId)}/marks/${part(studentId)}`;
  return write("PATCH", path, { body: correction, ifMatch: etag });
}

export function withdrawCorrection(
  meetingId: string,
  studentId: string,
  etag: string,
): Promise<Tagged<Register>> {
  const path = `/v1/registers/${part(meetingId)}/marks/${part(studentId)}/correction`;
  return write("DELETE", path, { ifMatch: etag });
}

export async function readRooms(): Promise<readonly Room[]> {
  return (await fetchOne<Schemas["Rooms"]>("/v1/rooms")).items;
}

export async function requestCapture(roomId: string, requestId: string): Promise<readonly CaptureState[]> {
  const body: Schemas["CaptureRequest"] = { room_id: roomId, request_id: requestId };
  return (await write<Schemas["Captures"]>("POST", "/v1/captures", { body })).data.items;
}

export function readCapture(captureId: string): Promise<CaptureState> {
  return fetchOne(`/v1/captures/${part(captureId)}`);
}

export async function readSections(): Promise<readonly SectionRef[]> {
  return (await fetchOne<Schemas["Sections"]>("/v1/sections")).items;
}

/** Every student of the school, page after page, by name. */
export async function readStudents(): Promise<readonly StudentRef[]> {
  const found: StudentRef[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: "500" });
    if (cursor !== null) query.set("cursor", cursor);
    const page: Schemas["Students"] = await fetchOne(`/v1/students?${query.toString()}`);
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found.sort((one, other) => one.name.localeCompare(other.name));
}

export function readStudent(studentId: string, etag?: string): Promise<Tagged<StudentRecord> | null> {
  return read(`/v1/students/${part(studentId)}`, etag);
}

export function addStudent(body: Schemas["NewStudent"]): Promise<Tagged<StudentRecord>> {
  return write("POST", "/v1/students", { body });
}

export function recordConsent(
  studentId: string,
  body: Schemas["GivenConsent"],
  etag: string,
): Promise<Tagged<StudentRecord>> {
  return write("PUT", `/v1/students/${part(studentId)}/consent`, { body, ifMatch: etag });
}

export async function requestPortrait(
  studentId: string,
  body: Schemas["NewPortrait"],
): Promise<Schemas["RequestedPortrait"]> {
  const path = `/v1/students/${part(studentId)}/portraits`;
  return (await write<Schemas["RequestedPortrait"]>("POST", path, { body })).data;
}

export function readPortrait(studentId: string, portraitId: string): Promise<Portrait> {
  return fetchOne(`/v1/students/${part(studentId)}/portraits/${part(portraitId)}`);
}
