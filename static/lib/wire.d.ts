/**
 * Made of /api/openapi.json by `python -m telekap.web.typescript`, and held fresh by a test. Do not edit.
 */

/** One further act of this person, now. */
export interface ActView {
  noun: string;
  label: string;
  tone: "stop" | "quiet" | "main";
  enabled: boolean;
  why: string;
  subject: string;
}

/** Somebody who could become the support person. */
export interface Adult {
  person: string;
  name: string;
  phone: string;
}

/** One of the two words after the end. `mine`: asked of this person. */
export interface AfterAsked {
  what: "evening" | "next_day";
  opens: number;
  due: number;
  done: boolean;
  mine: boolean;
  form: Field[];
}

/** After the end of watching. */
export interface AfterwardsView {
  ended: number;
  asked: AfterAsked[];
}

/** One line of the card. */
export interface Agreed {
  label: string;
  text: string;
}

/** Who wrote the card down, and when. */
export interface AgreedBy {
  at: number;
  by: string;
}

/** What was agreed while sober; `form` for whoever may still write it. */
export interface AgreedView {
  said: AgreedBy | null;
  rows: Agreed[];
  form: Field[];
}

/** What this person may do about an alarm, and why not more. */
export interface AlarmActs {
  acknowledge: boolean;
  resolve: boolean;
  why: string[];
  unknowable: boolean;
}

/** One alarm. `owner`: whose it was at first; `order`: what they were asked to do. */
export interface AlarmOfRecord {
  n: number;
  at: number;
  sentence: string;
  priority: "high" | "medium" | "low";
  family: string;
  owner: string;
  order: string;
  steps: AlarmStep[];
}

/** What was done about an alarm, or came of it. */
export interface AlarmStep {
  at: number;
  what: "moved" | "acknowledged" | "done" | "over" | "again" | "resolved";
  text: string;
}

/** One alarm that nobody resolved yet. `order_code`: what kind of act the order is, '' when it only tells. `card`: what the adult beside the client is to do. `hops_at`: when it moves on by itself; `hop`: to whom, or that it sounds again. `pause_ms`: how long its sound may be paused, 0 for never. `now`: what holds at this moment, '' where the sentence says all. `reached`: when what was ordered last reached a person (UTC ms). */
export interface AlarmView {
  id: string;
  kind: string;
  subject: string;
  family: string;
  priority: "high" | "medium" | "low";
  sentence: string;
  now: string;
  owner: Owner;
  raised: number;
  step: number;
  order: string;
  order_code: string;
  order_mine: boolean;
  card: string;
  hops_at: number | null;
  hop: string;
  acked: SaidBy | null;
  reached: number | null;
  over: boolean;
  pause_ms: number;
  may: AlarmActs;
}

/** A question of the prescriber; `answer` empty: not answered yet. */
export interface Asked {
  n: number;
  question: string;
  at: number;
  answer: string;
  by: string;
}

/** One discharge assessment; `unmet` empty: passed. `lacks`: the same in words. The adult's is a signature. */
export interface Assessed {
  at: number;
  name: string;
  role: Role;
  unmet: string[];
  lacks: string[];
}

/** Sessions of some days × what can be known early. `zone`: the clinic's, by which days are grouped. `week`: which days, 0 for those that begin today; `from`: UTC ms. `earlier`, `later`: so many are booked. */
export interface Board {
  now: number;
  days: number;
  week: number;
  from: number;
  earlier: number;
  later: number;
  zone: string;
  columns: Column[];
  rows: BoardRow[];
}

/** `words`: short enough for a cell. `fix`: what a press opens, '' when nothing is to do. */
export interface BoardCell {
  column: string;
  ready: "ok" | "due" | "late" | "blocked";
  words: string;
  sentence: string;
  fix: string;
}

/** One session. `links`: person → what became of their link; `rostered`: who is on duty then. */
export interface BoardRow {
  session: string;
  course: string;
  kind: string;
  version: number;
  appointed: number;
  zone: string;
  people: Record<string, Reached>;
  links: Record<string, string>;
  rostered: Record<string, Who>;
  questions: OpenQuestion[];
  verdict: "ok" | "due" | "late" | "blocked";
  cells: BoardCell[];
}

/** All gates in figures; `digest` goes along with a release. */
export interface BoardView {
  digest: string;
  shut: number;
  open: number;
  shuts: number | null;
  shuts_because: string;
}

/** A card to be read. */
export interface CardView {
  title: string;
  lines: string[];
}

/** Where the stream ends. `hash`: in hex; it names the whole content. */
export interface Chain {
  stream: string;
  entries: number;
  hash: string;
  anchor: ChainAnchor | null;
}

/** The newest anchor that names this session's stream, and how many of its entries it fixes. */
export interface ChainAnchor {
  n: number;
  at: number;
  entries: number;
}

/** Something that happened since the signature. */
export interface Changed {
  at: number;
  sentence: string;
}

/** A check-in that was due. */
export interface CheckInOfRecord {
  title: string;
  due: number;
  parts: PartOfCheckIn[];
}

/** One person's part of a check-in. `late`: ms. */
export interface CheckInPart {
  role: Role;
  status: string;
  late: number;
}

/** One check-in. `explain`: parts that still need a reason from this person. */
export interface CheckInView {
  id: string;
  due: number;
  grace_until: number;
  status: "later" | "due" | "overdue" | "done" | "missed";
  parts: CheckInPart[];
  form: Field[];
  explain: Role[];
}

/** One possible answer. */
export interface Choice {
  value: string;
  label: string;
}

/** One that waits. `mine`: I asked, so somebody else confirms. `name`, `phone`: whom it is about; who confirms must know whom they mean. `by`: the name of who asked. */
export interface ChoreLine {
  chore: string;
  kind: "erase" | "recheck";
  subject: string;
  name: string;
  phone: string;
  asked_by: string;
  by: string;
  asked: number;
  mine: boolean;
}

/** All that wait. `put_back`: this record was put back and nobody has checked it yet. */
export interface Chores {
  chores: ChoreLine[];
  put_back: boolean;
}

/** The clearance that was signed last. `until`: UTC ms of its end. `calming`: the one medicine of that sort that may have been taken before a session, `calming_dose`: the most of it; '' = none. */
export interface ClearanceLook {
  id: string;
  status: string;
  sessions: number;
  used: number;
  starts: number;
  until: number;
  gap_h: number;
  states: string[];
  signed: number;
  by: string;
  reason: string;
  max_mg: number;
  calming: string;
  calming_dose: string;
  for_client: string;
  for_therapist: string;
  causes: string[];
  lifted_by: string;
}

/** The client. For staff: `birth`, YYYY-MM-DD, '' where none is on file, and `age` in whole years. */
export interface ClientOfCourse {
  name: string;
  person: string;
  birth?: string | null;
  age?: number | null;
}

/** Whose session it is. Only for who compares them with the clinic's file, while they hold that part: `birth`, YYYY-MM-DD, '' where none is on file, and `age` in whole years. */
export interface ClientView {
  name: string;
  birth?: string | null;
  age?: number | null;
}

/** How the clocks of a zone go from `since` until `until` (UTC ms): `ahead` of UTC, ms, and by what name. */
export interface ClockHours {
  since: number;
  until: number;
  ahead: number;
  name: string;
}

/** After a stand-down: what is left to do, the next first, in this person's words. `end`: said when nothing is. */
export interface ClosingView {
  rows: StillToDo[];
  end: string;
}

/** Something that can be known early. */
export interface Column {
  name: string;
  title: string;
}

/** The consent. `current`: of the version that the protocol asks for. */
export interface ConsentLook {
  version: string;
  at: number | null;
  current: boolean;
  withdrawn: boolean;
  booster: boolean;
}

/** The count of a session that was stood down: its form until it is done. */
export interface CountView {
  form: Field[];
  done: Counted | null;
}

/** The units that were counted. `secured`: put away where only the adult reaches them. */
export interface Counted {
  units: number;
  secured: boolean;
  at: number;
}

/** One course and why it stands in the queue. `shut`: why it cannot be signed yet, where a signature is what it waits for; `dosing`: of its next dose, also while its lobby is open. */
export interface CourseLine {
  course: string;
  client: string;
  why: string;
  words: string;
  detail: string;
  shut: string;
  changes: string[];
  dosing: number | null;
  clearance: string;
  until: number | null;
  zone: string;
}

/** The course, for its staff. `cosigns`: the order waits for a second prescriber, and this person is one. `zone`: the client's, in which every date of the course is said. `licensed`: where this person has a licence. */
export interface CourseLook {
  course: string;
  version: number;
  zone: string;
  client: ClientOfCourse;
  prescriber: Who;
  therapist: Who;
  mine: boolean;
  clearance: ClearanceLook | null;
  screening: ScreeningLook;
  limits: Limits;
  proposed: Proposed | null;
  licensed: string[];
  reads: ReadNow;
  touched: Touched[];
  refused: RefusedLook | null;
  questions: Asked[];
  order: SignedOrder | null;
  cosigns: boolean;
  emergency: EmergencyNote;
  consent: ConsentLook;
  dispatch: DispatchLook | null;
  doses: DoseTaken[];
  trained: Who[];
  settled: Settled[];
  weight: Weight | null;
  waits: Reason[];
  measures: Measure[];
  item9_waits: boolean;
  reviews: string[];
  review_due: boolean;
  changes: Changed[];
  remarks: string[];
  sessions: SessionShort[];
}

/** The course in a line. `until`: end of the clearance. */
export interface CourseShort {
  id: string;
  clearance: "active" | "suspended" | "revoked" | "none" | "expired";
  until: number;
  words: string;
}

/** What was decided. `owed`: by voice, to be countersigned; `mine`: by this person. */
export interface DecisionMade {
  n: number;
  at: number;
  matter: string;
  choice: string;
  subject: string;
  instead: string;
  reason: string;
  prescriber: string;
  by: string;
  by_voice: boolean;
  owed: boolean;
  mine: boolean;
}

/** What the prescriber decides after the dose. `by_voice`: this person only writes it down. */
export interface DecisionsView {
  may: boolean;
  by_voice: boolean;
  matters: Matter[];
  made: DecisionMade[];
  substitutes: Record<string, string>;
}

/** The end: what is missing, the forms, the assessments. `signed`: the newest word of the adult who stays. `adult_form`: what that adult is asked, for a therapist who writes down what they say on video. `again`: from when on a second assessment counts (UTC ms), while the first that passed waits for it. */
export interface DischargeView {
  may: boolean;
  reasons: Reason[];
  form: Field[];
  earliest: number;
  again: number | null;
  adult_form: Field[];
  assessments: Assessed[];
  signed: SaidBy | null;
  early: May;
}

/** The local number for the client's address. */
export interface DispatchLook {
  number: string;
  state: string;
  county: string;
  county_only: boolean;
  checked: number;
}

/** One unit of one session. */
export interface DoseTaken {
  session: string;
  at: number;
  mg: number | null;
}

/** T0, the units, the hold and the floor. The client is told when the hold ends, and nothing else of it. */
export interface DoseView {
  t0: number;
  presumed: boolean;
  units: UnitTaken[];
  hold: HoldView | null;
  floor: FloorView;
}

/** The duty of this person: asked, acknowledged, fresh. `until`: to when it binds at least, null once it ends only by a successor. */
export interface DutyView {
  mine: boolean;
  asked: number | null;
  acknowledged: number | null;
  fresh: boolean;
  until?: number | null;
}

/** What entered the mouth. `mg` null: not known. */
export interface EmergencyDose {
  mg: number | null;
  form: string;
  t0: number;
}

/** What a crew reads. Empty: not written down. */
export interface EmergencyNote {
  medicines: string;
  allergies: string;
}

/** The client is told number, address and script; everybody else all of it. Empty text: not known. `elsewhere`: for where `dispatch` is, when the client is no longer there. */
export interface EmergencyView {
  number: string;
  address: string;
  script: string;
  dispatch?: string | null;
  elsewhere?: string | null;
  way_in?: string | null;
  dose?: EmergencyDose | null;
  vitals?: VitalsView | null;
  medicines?: string | null;
  allergies?: string | null;
}

/** One answer a person may give. `low` and `high` are inclusive and in `unit`; `unless`: the field that may be filled in instead, or empty. `only`: the question after whose "yes" alone it is asked, or empty. */
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
  unless?: string;
  only?: string;
}

/** Before this moment nobody is let go. */
export interface FloorView {
  at: number;
  because: string;
  prescriber_only: boolean;
}

/** What one person said to a gate. */
export interface GateAnswer {
  role: Role;
  name: string;
  at: number;
  how: string;
  text: string;
}

/** A prescriber's decision on this very reading. */
export interface GateDecision {
  proceed: boolean;
  name: string;
  at: number;
  reason: string;
}

/** One gate. At home a question that waits (`ask`) or is done (`open`), with no reason and no colour; `kept`: what is not asked again, field → value, because it was answered well beside something that was not. */
export interface GateView {
  gate: string;
  title: string;
  colour: "green" | "amber" | "red" | "shut" | "open" | "ask";
  final: boolean;
  sentence: string;
  action: string;
  who: Role[];
  mine: boolean;
  form: Field[];
  kept: Record<string, string>;
  answers: GateAnswer[];
  reading: string;
  decide: boolean;
  decided: GateDecision | null;
  stale_at: number | null;
  disagree: boolean;
}

/** A release in force, until `ends`. */
export interface GivenView {
  at: number;
  ends: number;
  because: string;
  units: number;
  mg: number;
}

/** A session that is going on. `sentence` '': this prescriber has no part in it. */
export interface GoingLine {
  session: string;
  client: string;
  state: State;
  appointed: number;
  zone: string;
  sentence: string;
}

/** Who has the client or looks for them (`sentence`), as recorded `by` one of the staff at `at` and confirmed by nobody yet. `alone`: when the same one may confirm it (UTC ms). */
export interface HandOverView {
  sentence: string;
  by: string;
  at: number;
  alone: number;
}

/** The client's last call for help, and who answered it. */
export interface HelpView {
  asked: number;
  answered: SaidBy | null;
}

/** When the hold ends, and how it ended. */
export interface HoldView {
  ends: number;
  result: string;
}

/** Something that did not fit the plan. */
export interface IncidentLook {
  at: number;
  sentence: string;
  kind: string;
}

/** Permission for a later unit, in force until `ends`. */
export interface LaterGiven {
  at: number;
  ends: number;
  units: number[];
}

/** One condition of a later unit. */
export interface LaterRow {
  code: string;
  title: string;
  open: boolean;
  sentence: string;
  action: string;
}

/** The later unit (a spaced one, or the booster); its board is for staff. */
export interface LaterUnitView {
  units: number;
  mg: number;
  given: LaterGiven | null;
  may?: boolean | null;
  digest?: string | null;
  rows?: LaterRow[] | null;
  reasons?: Reason[] | null;
}

/** Six cards and four questions. */
export interface Learning {
  cards: CardView[];
  form: Field[];
}

/** What the next clearance and order may be at most. */
export interface Limits {
  first: boolean;
  sessions: number;
  days: number;
  gap_h: number;
  gap_floor_h: number;
  ceiling_mg: number;
  consent_version: string;
}

/** One line of the record. Times: UTC ms of clinic time. */
export interface Line {
  n: number;
  at: number;
  occurred: number;
  by: LineBy;
  kind: string;
  text: string;
}

/** Who: a person, or the house itself. `role`: the part they hold now, if any. */
export interface LineBy {
  name: string;
  role: Role | null;
}

/** Something that waits for the prescriber now. `rank`: alarms before questions before duties. */
export interface LiveLine {
  session: string;
  client: string;
  therapist: string;
  kind: "alarm" | "ask" | "duty";
  rank: number;
  since: number;
  sentence: string;
  order: string;
}

/** Something to decide, and what it may be about. */
export interface Matter {
  matter: string;
  title: string;
  choices: Choice[];
  subjects: string[];
}

/** Whether this person may. */
export interface May {
  may: boolean;
}

/** Who looks. `acting`: holds the role now; a guest of it only looks. */
export interface MeView {
  person: string;
  name: string;
  role: Role;
  acting: boolean;
}

/** One questionnaire. `item9`: of the PHQ-9. */
export interface Measure {
  scale: string;
  title: string;
  at: number;
  total: number;
  band: string;
  item9: number | null;
}

/** Somebody who could take this duty over. */
export interface NamedFor {
  person: string;
  name: string;
  phone: string;
  role: Role;
}

/** The obvious next act of this person. */
export interface NextAct {
  sentence: string;
  noun: string;
  subject: string;
}

/** What the prescriber asked and nobody answered. */
export interface OpenQuestion {
  n: number;
  question: string;
}

/** The order of the course. `same`: whether the last release stood on it; null where nothing was released. */
export interface OrderOfRecord {
  form: string;
  units: number;
  mg_per_unit: number;
  hold_min: number;
  swallow: boolean;
  booster_units: number;
  spaced: boolean;
  signed: number;
  same: boolean | null;
}

/** The order that holds now. */
export interface OrderView {
  form: string;
  units: number;
  mg_per_unit: number;
  hold_min: number;
  swallow: boolean;
  booster_units: number;
  spaced: boolean;
}

/** Whose an alarm is. */
export interface Owner {
  person: string;
  name: string;
  role: Role | null;
}

/** The consent that waits for the client. `again`: an earlier text was signed; `booster`: one is ordered. */
export interface PaperView {
  course: string;
  version: string;
  again: boolean;
  booster: boolean;
}

/** The first answer that counts. `occurred`: when it was seen; `at`: when it was entered; `late`: ms between them, 0 of what was said live. */
export interface PartDone {
  at: number;
  occurred: number;
  late: number;
  name: string;
}

/** Who holds a part (`now`), or held it. `since`: of one who took it over. */
export interface PartHolder {
  role: Role;
  name: string;
  since: number | null;
  now: boolean;
}

/** One part of a check-in. `reason`: why it was missed. */
export interface PartOfCheckIn {
  role: Role;
  status: "later" | "due" | "overdue" | "done" | "missed";
  done: PartDone | null;
  reason: string;
}

/** What a new clearance repeats of the last one, within what may be signed now. `max_mg` 0: the ceiling. */
export interface Proposed {
  sessions: number;
  days: number;
  gap_h: number;
  max_mg: number;
  calming: string;
  calming_dose: string;
  states: string[];
}

/** "Was anything taken?". `later`: about a later unit, while the client is dosed. `how`: counted on video or by phone, as long as there is no picture. */
export interface QuestionView {
  later: boolean;
  asked: number;
  answer_by: number;
  units: number;
  how: string;
  sentence: string;
  mine: boolean;
}

/** What waits for a prescriber: live questions, sessions that are going on, then courses by date and risk. */
export interface Queue {
  now: number;
  rate: number;
  live: LiveLine[];
  going: GoingLine[];
  courses: CourseLine[];
}

/** Somebody with a part, and their number. */
export interface Reached {
  name: string;
  person: string;
  phone: string;
  zone: string;
}

/** What is read of the clearance at this moment, however it stands. '': nothing is read. */
export interface ReadNow {
  for_client: string;
  for_therapist: string;
}

/** Why something is refused or missing, and what would help. */
export interface Reason {
  code: string;
  sentence: string;
  action: string;
}

/** One fact as a sentence. `late`: by how many ms it was entered after it happened, 0 of what was said live. `added`: written after the signature. `machine`: the house's own observation. */
export interface RecordLine {
  n: number;
  at: number;
  occurred: number;
  late: number;
  by: string;
  role: Role | null;
  kind: string;
  chapter: "" | "dose" | "incidents" | "decisions" | "end" | "signatures";
  machine: boolean;
  added: boolean;
  text: string;
}

/** Who read the record, or took it along. */
export interface RecordRead {
  at: number;
  by: string;
  what: "page" | "facts" | "timeline";
}

/** A clearance that was refused. */
export interface RefusedLook {
  reason: string;
  at: number;
  for_client: string;
  for_therapist: string;
}

/** Whether this person may release, and every reason why not. `ended`: who ended the last one, where nothing was taken and another may be given; ''. */
export interface ReleaseView {
  may: boolean;
  reasons: Reason[];
  given: GivenView | null;
  ended?: string;
}

/** That somebody else took a place, said to whom at home it concerns; until when that is news. */
export interface ReliefView {
  sentence: string;
  until: number;
}

/** The line of a card that is called to mind after `value` was answered to the question `field`. */
export interface Remembered {
  field: string;
  value: string;
  line: string;
}

/** The part one person plays in one session (one role, one login, one phone number each). */
export type Role = "client" | "support" | "therapist" | "standin" | "prescriber" | "dispatcher";

/** Who did something, and when. */
export interface SaidBy {
  name: string;
  at: number;
}

/** A row that was answered yes or not known (`said`). `words`: the reason and what is done, or the medicine. */
export interface ScreeningAgainst {
  code: string;
  title: string;
  rule: "absolute" | "relative" | "note";
  said: string;
  words: string;
}

/** A row of the screening. `known`: the answer the record has already; '': it is asked. `leads`: what becomes of the clearance with an answer that speaks against; '': nothing by itself. */
export interface ScreeningItem {
  code: string;
  part: "conditions" | "medicines";
  rule: "absolute" | "relative" | "note";
  title: string;
  source: string;
  leads: string;
  known: "" | "no" | "yes";
}

/** The newest screening. `old`: no signature rests on it any more. */
export interface ScreeningLast {
  at: number;
  by: string;
  old: boolean;
  answers: Record<string, string>;
  against: ScreeningAgainst[];
}

/** What is screened before a clearance. `may`: this person records it; `speaks`: the answers that speak against; `waits`: why nothing can be signed. */
export interface ScreeningLook {
  may: boolean;
  days: number;
  speaks: string[];
  items: ScreeningItem[];
  last: ScreeningLast | null;
  waits: Reason[];
}

/** Somebody with a part. `in_room`: has their seat in the room. For staff: `phone`, and `page_silent`: no page of theirs is heard any more; of those on duty `paged`, their newest test page, and `answered` (UTC ms). */
export interface Seen {
  role: Role;
  person: string;
  name: string;
  there: boolean;
  in_room: boolean;
  video: "flowing" | "frozen" | "silent" | "stopped" | "unknown";
  phone?: string | null;
  page_silent?: boolean;
  paged?: number | null;
  answered?: number | null;
}

/** A session as this person sees it now. `rate`: clinic seconds per real second. */
export interface SessionLook {
  version: number;
  now: number;
  rate: number;
  view: View;
  entries: Line[];
}

/** One session of the course. `mg` null: nothing was taken. */
export interface SessionShort {
  id: string;
  kind: string;
  state: State;
  appointed: number;
  zone: string;
  aftercare: boolean;
  mg: number | null;
  incidents: IncidentLook[];
}

/** What is done about one session. */
export interface Settled {
  session: string;
  what: string;
}

/** Something that can go wrong, to be pressed; sent as `words` with this `what`. */
export interface SignView {
  what: string;
  label: string;
  tone: "stop" | "quiet" | "main";
}

/** The order that holds now. */
export interface SignedOrder {
  id: string;
  form: string;
  units: number;
  mg_per_unit: number;
  hold_min: number;
  swallow: boolean;
  booster_units: number;
  spaced: boolean;
  signed: number;
  booster: boolean;
}

/** The states of a session; the moves between them are the tables below. */
export type State = "scheduled" | "arriving" | "released" | "dosed" | "discharged" | "transferred" | "closed" | "stood_down" | "cancelled" | "no_show" | "held";

/** One thing that is left to do; it is not listed any more once the record has it. */
export interface StillToDo {
  code: "counted" | "put_away" | "well" | "call";
  sentence: string;
}

/** The whole board, frozen. `digest`: sha256 of it. */
export interface StoredBoard {
  n: number;
  at: number;
  moment: string;
  rows: StoredGate[];
  digest: string;
}

/** One gate as it stood. */
export interface StoredGate {
  gate: string;
  title: string;
  colour: string;
}

/** A duty somebody was named to take over; they do so by `duty`. */
export interface SuccessorView {
  role: Role;
  person: string;
  name: string;
  mine: boolean;
}

/** Something left open, with its owner. */
export interface TaskView {
  code: string;
  owner: Role;
  sentence: string;
  mine: boolean;
}

/** A session, and what becomes of it when the clearance is revoked or suspended. */
export interface Touched {
  session: string;
  state: State;
  appointed: number;
  sentence: string;
}

/** The whole document. `signed`: number of the line that signed it; null as long as none did. */
export interface Transcript {
  session: string;
  version: number;
  now: number;
  me: string;
  kind: "dosing" | "preparation" | "integration";
  state: State;
  client: string;
  appointed: number;
  zone: string;
  protocol: string;
  people: PartHolder[];
  order: OrderOfRecord | null;
  boards: StoredBoard[];
  check_ins: CheckInOfRecord[];
  readings: TrendReading[];
  alarms: AlarmOfRecord[];
  signed: number | null;
  lines: RecordLine[];
  chain: Chain;
  reads: RecordRead[];
}

/** The protocol's. */
export interface TrendLimits {
  sbp_amber: number;
  sbp_red: number;
  dbp_amber: number;
  dbp_red: number;
  hr_amber: number;
  spo2_amber: number;
  spo2_red: number;
}

/** What happened beside the figures. */
export interface TrendPin {
  at: number;
  kind: "dose" | "sign" | "alarm" | "decision";
  text: string;
}

/** One reading as it was taken; `before`: at the gates. */
export interface TrendReading {
  at: number;
  sbp?: number | null;
  dbp?: number | null;
  hr?: number | null;
  spo2?: number | null;
  rr?: number | null;
  before: boolean;
  usable: boolean;
}

/** Vitals as a series, oldest first. */
export interface TrendView {
  readings: TrendReading[];
  pins: TrendPin[];
  limits: TrendLimits;
}

/** One unit that entered the mouth. `mg` null: not known. `first`: of the first dose, as it was released. */
export interface UnitTaken {
  unit: number | null;
  mg: number | null;
  at: number;
  planned: boolean;
  first: boolean;
}

/** One session as one person may see it. What a person may not know is not in it at all. */
export interface View {
  session: string;
  version: number;
  kind: "dosing" | "preparation" | "integration";
  state: State;
  step: "arrive" | "check" | "hold" | "onset" | "peak" | "return" | "rest" | "discharge" | "after";
  me: MeView;
  client: ClientView;
  appointed: number;
  zone: string;
  hours: ClockHours[];
  sentence: string;
  next: NextAct | null;
  people: Seen[];
  gates: GateView[];
  release: ReleaseView;
  question: QuestionView | null;
  order: OrderView | null;
  dose: DoseView | null;
  check_ins: CheckInView[];
  now_check_in: string | null;
  code: string | null;
  code_for: string | null;
  alarms: AlarmView[];
  duty: DutyView;
  discharge: DischargeView | null;
  signs: SignView[];
  later_unit: LaterUnitView | null;
  decisions: DecisionsView | null;
  agreed: AgreedView | null;
  successors: SuccessorView[];
  tasks: TaskView[];
  afterwards: AfterwardsView | null;
  acts: ActView[];
  emergency: EmergencyView;
  closing: ClosingView | null;
  record?: "ok" | "low" | "full" | "restored" | null;
  board?: BoardView | null;
  course?: CourseShort | null;
  adults?: Adult[] | null;
  named_for?: NamedFor[] | null;
  trend?: TrendView | null;
  vacant?: string[] | null;
  hand_over?: HandOverView | null;
  help?: HelpView | null;
  consent?: PaperView | null;
  words?: WordsView | null;
  looked_for?: boolean | null;
  relief?: ReliefView | null;
  promise?: string[] | null;
  learning?: Learning | null;
  paired?: boolean | null;
  remembered?: Remembered[] | null;
  tonight?: CardView[] | null;
  count?: CountView | null;
}

/** Figures as last measured; `at`: when the newest of them was. */
export interface VitalsView {
  at: number;
  sbp?: number | null;
  dbp?: number | null;
  hr?: number | null;
  spo2?: number | null;
  rr?: number | null;
}

/** In kg. */
export interface Weight {
  kg: number;
  at: number;
}

/** Somebody by id and name. */
export interface Who {
  name: string;
  person: string;
}

/** What the prescriber wrote to the client. */
export interface WordsView {
  text: string;
  by: string;
}
