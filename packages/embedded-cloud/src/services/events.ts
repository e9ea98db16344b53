import type { AnyAction, BusEvent, Region, Service } from '../core/service';
import { deliver, type Delivery } from '../events/deliver';
import { eventTime } from '../events/input';
import { checkPattern, matchesPattern } from '../events/pattern';
import { putEvents } from '../events/putEvents';
import { nextDue } from '../events/schedule';
import {
  emptyEvents,
  type Envelope,
  type EventsState,
  type InvokePermission,
  type Rule,
} from '../events/state';

declare module '../core/service' {
  interface Services {
    events: EventsService;
  }
}

/**
 * An agenda entry: a rule's schedule is due. Entries that older versions saved have no `at`, and their rules no
 * `nextAt`.
 */
interface Tick {
  readonly rule: string;
  readonly at?: number;
}

/** EventBridge's default bus with its rules. */
export class EventsService implements Service<EventsState> {
  state = emptyEvents();
  readonly actions: Readonly<Record<string, AnyAction>>;

  constructor(private readonly region: Region) {
    this.actions = { PutEvents: putEvents((event) => this.put(event)) };
  }

  /**
   * Creates a rule, or changes an existing one, which keeps its next due time unless the schedule is new.
   * @throws Error if AWS would refuse the pattern or schedule, or if it is not modelled
   */
  createRule(rule: Omit<Rule, 'arn' | 'nextAt'>): string {
    const arn = this.region.arn('events', `rule/${rule.name}`);
    if (rule.pattern) checkPattern(rule.pattern);
    const before = this.state.rules[rule.name];
    const goesOn =
      before?.schedule !== undefined && before.schedule === rule.schedule && before.enabled && rule.enabled;
    const { nextAt } = goesOn ? before : {};
    this.state.rules[rule.name] = { ...rule, arn, ...(nextAt !== undefined && { nextAt }) };
    if (!goesOn) this.armSchedule(rule.name);
    return arn;
  }

  permit(permission: InvokePermission): void {
    this.state.permissions.push(permission);
  }

  /**
   * Puts an event on the bus, AWS's own events included. Each matching rule delivers it to its targets. Returns the
   * event's id.
   */
  put(event: BusEvent): string {
    const envelope = this.envelope(event);
    for (const rule of Object.values(this.state.rules)) {
      if (rule.enabled && rule.pattern && matchesPattern(rule.pattern, envelope)) {
        this.dispatch(rule, envelope, event);
      }
    }
    return envelope.id;
  }

  due(kind: string, payload: unknown): void | Promise<void> {
    if (kind === 'deliver') return deliver(this.region, this.state, payload as Delivery);
    this.tick(payload as Tick);
  }

  /** PutEvents: "If no time stamp is provided, the time stamp of the PutEvents call is used." */
  private envelope({ source, detailType, detail, resources = [], time: told }: BusEvent): Envelope {
    const time = eventTime(told ?? this.region.now());
    return {
      version: '0',
      id: this.region.newId(),
      'detail-type': detailType,
      source,
      account: this.region.account,
      time,
      region: this.region.name,
      resources: [...resources],
      detail: JSON.parse(JSON.stringify(detail)) as unknown,
    };
  }

  /** A fault may lose, delay or double an event, separately for each target. */
  private dispatch(rule: Rule, event: Envelope, seen: BusEvent): void {
    const { faults, name, timings } = this.region;
    const chance = this.region.chanceOf(rule.name);
    for (const { Id } of rule.targets) {
      const since = this.region.now();
      const delivery: Delivery = { rule: rule.name, target: Id, event, since, tries: 0 };
      for (const extraMs of faults.event?.(name, seen) ?? [0]) {
        const delayMs = chance.around(timings.eventMs, timings.spread) + extraMs;
        this.region.schedule(delayMs, 'events', 'deliver', delivery);
      }
    }
  }

  private armSchedule(name: string): void {
    const rule = this.state.rules[name];
    if (rule?.schedule === undefined || !rule.enabled) return;
    const now = this.region.now();
    const next = nextDue(rule.schedule, now);
    if (next === undefined) return;
    rule.nextAt = next;
    this.region.schedule(next - now, 'events', 'tick', { rule: name, at: next } satisfies Tick);
  }

  /** Ignores agenda entries of an earlier schedule of the rule. */
  private tick({ rule: name, at }: Tick): void {
    const rule = this.state.rules[name];
    if (!rule || rule.nextAt !== at) return;
    delete rule.nextAt;
    this.armSchedule(name);
    const event = { source: 'aws.events', detailType: 'Scheduled Event', detail: {}, resources: [rule.arn] };
    if (rule.enabled) this.dispatch(rule, this.envelope(event), event);
  }
}

export const makeEvents = (region: Region): EventsService => new EventsService(region);
