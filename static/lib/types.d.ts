/**
 * What the server sends, as every page reads it. One place, no code: pages write `@typedef {import("./types.js").View} View`.
 * Times are UTC milliseconds of clinic time unless a name says otherwise.
 */

import type { Field as Asked, Role, State, View } from "./wire.js";

/** What the interface describes is made of its description (telekap/web/looks): never written here twice. */
export type { ActView as Act, AfterwardsView, AgreedView, AlarmView, BoardView, CardView, CheckInPart, CheckInView, Choice, DecisionsView, DischargeView, DoseView, DutyView, EmergencyView, GateAnswer, GateView, LaterUnitView, OrderView, QuestionView, Reason, ReleaseView, Role, Seen, State, SuccessorView, TaskView, TrendPin, TrendReading, TrendView, View, VitalsView } from "./wire.js";

/** One question of a form. A `date`, a day of the calendar, is asked by our own pages alone. */
export type Field = Omit<Asked, "kind"> & { kind: Asked["kind"] | "date" };

/** What a field may hold: number for `number` and `time` (UTC ms), boolean for `flag`, else string. */
export type Value = string | number | boolean;
export type Values = Record<string, Value>;

export type Step = "arrive" | "check" | "hold" | "onset" | "peak" | "return" | "rest" | "discharge" | "after";

/** One line of the record, as one plain sentence. `at`: when the server took it; `occurred`: when it is said to have happened; `late`: ms between them, 0 of what was said live. */
export interface Entry { n: number; at: number; occurred: number; late: number; by: { name: string; role: Role | null }; kind: string; text: string }

export interface Notice { id: string; kind: "canary" | "page" | "alarm" | "order"; subject: string; text: string }

/** One pair of lines of a media answer: what comes in on them. */
export interface Slot { mid_audio: string | null; mid_video: string | null; from: Role | null }

export type MediaMessage =
  | { type: "media"; event: "rejoin" }
  | { type: "media"; event: "seated"; page: string }
  | { type: "media"; event: "bound"; slots: Slot[] }
  | { type: "media"; event: "ages"; ages: Partial<Record<Role, number | null>> };

export type ServerMessage =
  | { type: "snapshot" | "change"; version: number; now: number; rate: number; view: View; entries: Entry[] }
  | { type: "beat"; now: number; rate: number; version: number }
  | ({ type: "notice" } & Notice)
  | MediaMessage;

/** One line of the staff home. */
export interface HomeSession {
  id: string;
  state: State;
  appointed: number;
  zone: string;
  client: string;
  my_role: Role | null;
  sentence: string;
  alarms: number;
  course: string;
}
