/**
 * What the server sends, as every page reads it. One place, no code: pages write `@typedef {import("./types.js").View} View`.
 * Times are UTC milliseconds of clinic time unless a name says otherwise.
 */

export type Role = "client" | "support" | "therapist" | "standin" | "prescriber" | "dispatcher";

export type State =
  | "scheduled" | "arriving" | "released" | "dosed" | "discharged" | "transferred"
  | "closed" | "stood_down" | "cancelled" | "no_show" | "held";

export type Step = "arrive" | "check" | "hold" | "onset" | "peak" | "return" | "rest" | "discharge" | "after";

/** One answer a person may give. `low` and `high` are inclusive and in `unit`. */
export interface Field {
  name: string;
  label: string;
  kind: "choice" | "number" | "text" | "flag" | "time";
  choices?: Choice[];
  unit?: string;
  low?: number | null;
  high?: number | null;
  required?: boolean;
  hint?: string;
}

export interface Choice { value: string; label: string }

/** What a field may hold: number for `number` and `time` (UTC ms), boolean for `flag`, else string. */
export type Value = string | number | boolean;
export type Values = Record<string, Value>;

/** Why something is refused or missing, and what would help. */
export interface Reason { code: string; sentence: string; action: string }

export interface Seen {
  role: Role;
  person: string;
  name: string;
  phone?: string;
  there: boolean;
  /** Has their seat in the video room now. */
  in_room: boolean;
  video?: "flowing" | "frozen" | "stopped" | "unknown";
}

export interface GateAnswer { role: Role; name: string; at: number; how: string; text: string }

export interface GateView {
  gate: string;
  title: string;
  colour: "green" | "amber" | "red" | "shut" | "open" | "ask";
  final?: boolean;
  sentence: string;
  action: string;
  who?: Role[];
  mine: boolean;
  form: Field[];
  answers?: GateAnswer[];
  reading?: string;
  decide?: boolean;
  decided?: { proceed: boolean; name: string; at: number; reason: string } | null;
  stale_at?: number | null;
  disagree?: boolean;
}

export interface BoardView { digest: string; shut: number; open: number; shuts: number | null; shuts_because: string }

export interface ReleaseView {
  may: boolean;
  reasons: Reason[];
  given: { at: number; ends: number; because: string; units: number; mg: number } | null;
}

/** `later`: about a later unit (a spaced one, or the booster), while the client is dosed. */
export interface QuestionView { later?: boolean; asked: number; answer_by: number; units: number; sentence: string; mine: boolean }

export interface OrderView { form: string; units: number; mg_per_unit: number; hold_min: number; swallow: boolean; booster_units?: number; spaced?: boolean }

export interface DoseView {
  t0: number;
  presumed: boolean;
  units: { unit: number | null; mg: number | null; at: number; planned: boolean }[];
  hold: { ends: number; result: string } | null;
  floor: { at: number; because: string; prescriber_only: boolean };
}

export interface CheckInPart { role: Role; status: string; late: number }

export interface CheckInView {
  id: string;
  due: number;
  grace_until: number;
  status: "later" | "due" | "overdue" | "done" | "missed";
  parts: CheckInPart[];
  form: Field[];
  explain: Role[];
}

export interface AlarmView {
  id: string;
  kind: string;
  subject: string;
  family: string;
  priority: "high" | "medium" | "low";
  sentence: string;
  owner: { person: string; name: string; role: Role | null };
  raised: number;
  step: number;
  order: string;
  /** What kind of act the order is: phone_support, dial, go_to_client … ; empty when it only tells. */
  order_code?: string;
  order_mine: boolean;
  /** What the adult beside the client is told to do about it, in one breath; absent or empty: nothing of its own. */
  card?: string;
  hops_at: number | null;
  acked: { name: string; at: number } | null;
  over: boolean;
  may: { acknowledge: boolean; resolve: boolean; why: string[]; unknowable: boolean };
}

/** The later unit (a spaced one, or the booster): board rows for staff only, `given` while its permission is in force. */
export interface LaterUnitView {
  units: number;
  mg: number;
  given: { at: number; ends: number; units: number[] } | null;
  may?: boolean;
  digest?: string;
  rows?: { code: string; title: string; open: boolean; sentence: string; action: string }[];
  reasons?: Reason[];
}

/** What the prescriber decides after the dose. `by_voice`: this person only writes it down. `owed`: to be countersigned. */
export interface DecisionsView {
  may: boolean;
  by_voice: boolean;
  matters: { matter: string; title: string; choices: Choice[]; subjects: string[] }[];
  made: {
    n: number; at: number; matter: string; choice: string; subject: string; instead: string; reason: string;
    prescriber: string; by: string; by_voice: boolean; owed: boolean; mine: boolean;
  }[];
  substitutes: Record<string, string>;
}

/** A duty somebody was named to take over; they do so by `duty`. */
export interface SuccessorView { role: Role; person: string; name: string; mine: boolean }

export interface TaskView { code: string; owner: Role; sentence: string; mine: boolean }

/** After the end of watching: the adult's evening word and the client's next day. `mine`: asked of this person. */
export interface AfterwardsView {
  ended: number;
  asked: { what: "evening" | "next_day"; opens: number; due: number; done: boolean; mine: boolean; form: Field[] }[];
}

/** One reading as it was taken. Pressure in mmHg, pulse and breaths a minute, oxygen in %; `before`: at the gates. */
export interface TrendReading { at: number; before: boolean; usable: boolean; sbp?: number; dbp?: number; hr?: number; spo2?: number; rr?: number }
export interface TrendPin { at: number; kind: "dose" | "sign" | "alarm" | "decision"; text: string }
/** Oldest first; `limits` are the protocol's. */
export interface TrendView {
  readings: TrendReading[];
  pins: TrendPin[];
  limits: { sbp_amber: number; sbp_red: number; dbp_amber: number; dbp_red: number; hr_amber: number; spo2_amber: number; spo2_red: number };
}

/** What was agreed while sober, in words; `form` for whoever may still write it. */
export interface AgreedView { said: { at: number; by: string } | null; rows: { label: string; text: string }[]; form: Field[] }

export interface DutyView { mine: boolean; asked: number | null; acknowledged: number | null; fresh: boolean }

export interface DischargeView {
  may: boolean;
  reasons: Reason[];
  form: Field[];
  /** The newest word of the adult who stays. */
  signed?: { at: number; name: string } | null;
  earliest: number;
  /** What the adult is asked, for a therapist who writes down what they say on video. */
  adult_form: Field[];
  assessments: { at: number; name: string; unmet: string[] }[];
  early: { may: boolean };
}

export interface Act { noun: string; label: string; tone: "stop" | "quiet" | "main"; enabled: boolean; why: string; subject?: string }

/** Numbers as last measured; `at`: when the newest of them was. */
export interface VitalsView { at: number; sbp?: number; dbp?: number; hr?: number; spo2?: number; rr?: number }

/** The client is told number, address and script; everybody else all of it. Empty text: not known. */
export interface EmergencyView {
  number: string;
  address: string;
  script: string;
  dispatch?: string;
  way_in?: string;
  dose?: { mg: number | null; form: string; t0: number } | null;
  vitals?: VitalsView | null;
  medicines?: string;
  allergies?: string;
}

export interface CardView { title: string; lines: string[] }

export interface View {
  /** How the server can record: `low` its disk is nearly full, `full` nothing is recorded now. */
  record?: "ok" | "low" | "full" | "restored";
  session: string;
  version: number;
  kind: "dosing" | "preparation" | "integration";
  state: State;
  step: Step;
  /** `acting`: holds the role now; a guest of it (after a take-over) only looks. */
  me: { person: string; name: string; role: Role; acting?: boolean };
  client: { name: string };
  appointed: number;
  zone: string;
  sentence: string;
  next: { sentence: string; noun: string; subject: string } | null;
  people: Seen[];
  gates: GateView[];
  board?: BoardView;
  release: ReleaseView;
  question: QuestionView | null;
  order: OrderView | null;
  dose: DoseView | null;
  check_ins: CheckInView[];
  now_check_in: string | null;
  /** Client only: the last call for help and who answered it. */
  help?: { asked: number; answered: { name: string; at: number } | null } | null;
  /** Client only: the figures on the dim screen, and the check-in (or "pairing") they are for. */
  code: string | null;
  code_for: string | null;
  /** Support person only: what is still to be learned; null once it is. */
  learning?: { cards: CardView[]; form: Field[] } | null;
  /** Support person only: read the figures of the client's screen right. */
  paired?: boolean;
  /** Support person only, from the floor on. */
  tonight?: CardView[];
  alarms: AlarmView[];
  duty: DutyView;
  discharge: DischargeView | null;
  /** What can be pressed when something is wrong: sent as `words` with this `what`. Never for the client. */
  signs?: { what: string; label: string; tone: "stop" | "quiet" }[];
  later_unit?: LaterUnitView | null;
  decisions?: DecisionsView | null;
  agreed?: AgreedView | null;
  successors?: SuccessorView[];
  tasks?: TaskView[];
  afterwards?: AfterwardsView | null;
  acts: Act[];
  emergency: EmergencyView;
  /** Staff only: who else is written down around the client, and can become the support person. */
  adults?: { person: string; name: string; phone: string }[];
  /** Staff only: who could take a duty over. */
  named_for?: { role: Role; person: string; name: string; phone: string }[];
  /** Staff only: vitals as a series; null before the first. */
  trend?: TrendView | null;
  course?: { id: string; clearance: "active" | "suspended" | "revoked" | "none" | "expired"; until: number; words?: string };
}

/** One line of the record, as one plain sentence. `at`: when the server took it; `occurred`: when it is said to have happened. */
export interface Entry { n: number; at: number; occurred: number; by: { name: string; role: Role | null }; kind: string; text: string }

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
  client: string;
  my_role: Role | null;
  sentence: string;
  alarms: number;
  course: string;
}
