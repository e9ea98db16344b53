import type { AnyAction, Caller, Region, Service } from '../core/service';
import { sendTaskFailure, sendTaskHeartbeat, sendTaskSuccess } from '../states/actions/answerTask';
import {
  describeExecution,
  describeStateMachine,
  listExecutions,
  listStateMachines,
} from '../states/actions/describe';
import { redriveExecution } from '../states/actions/redriveExecution';
import { getExecutionHistory } from '../states/actions/getExecutionHistory';
import { startExecution } from '../states/actions/startExecution';
import { stopExecution } from '../states/actions/stopExecution';
import type { Definition } from '../states/definition';
import { end, runningSince, runOf, type RunningVisit, type Turn, type WholeTimeout } from '../states/engine';
import { enter, enterAgain, waited } from '../states/enter';
import { emptyStates, type Machine, type StatesState } from '../states/state';
import { failTask, retryTask, startTask, taskOf, timeoutFailure, type TaskRun } from '../states/task';
import { definitionProblems } from '../states/validate';

declare module '../core/service' {
  interface Services {
    states: StatesService;
  }
}

export interface StatesService extends Service<StatesState> {
  /**
   * Creates or replaces a state machine.
   * @throws Error with all parts of the definition that are wrong or not modelled
   */
  createStateMachine(
    machine: Pick<Machine, 'name' | 'roleArn'> & { readonly definition: Definition },
  ): string;
  /** Starts an execution for a rule's target. */
  start(machineArn: string, input: string, caller: Caller): Promise<void>;
  /** Whether no function runs for an execution. All else of an execution is data that can be saved. */
  quiet(): boolean;
}

class States implements StatesService {
  state = emptyStates();
  readonly actions: Readonly<Record<string, AnyAction>>;
  private running = 0;

  constructor(private readonly region: Region) {
    const get = () => this.state;
    this.actions = {
      DescribeExecution: describeExecution(get),
      DescribeStateMachine: describeStateMachine(get),
      GetExecutionHistory: getExecutionHistory(get),
      ListExecutions: listExecutions(get),
      ListStateMachines: listStateMachines(get),
      RedriveExecution: redriveExecution(get),
      SendTaskFailure: sendTaskFailure(get),
      SendTaskHeartbeat: sendTaskHeartbeat(get),
      SendTaskSuccess: sendTaskSuccess(get),
      StartExecution: startExecution(get),
      StopExecution: stopExecution(get),
    };
  }

  createStateMachine({
    name,
    roleArn,
    definition,
  }: Pick<Machine, 'name' | 'roleArn' | 'definition'>): string {
    const problems = definitionProblems(definition);
    if (problems.length > 0) throw new Error(`The state machine ${name} cannot run:\n${problems.join('\n')}`);
    const arn = this.region.arn('states', `stateMachine:${name}`);
    const before = this.state.machines[arn];
    const createdAt = before?.createdAt ?? this.region.now();
    const machine = { arn, name, roleArn, definition, createdAt };
    if (before && JSON.stringify(before) !== JSON.stringify(machine)) this.keepFor(before);
    this.state.machines[arn] = machine;
    return arn;
  }

  async start(machineArn: string, input: string, caller: Caller): Promise<void> {
    await this.region.call(caller, 'states', 'StartExecution', { stateMachineArn: machineArn, input });
  }

  quiet(): boolean {
    return this.running === 0;
  }

  due(kind: string, payload: unknown): void | Promise<void> {
    if (kind === 'executionTimeout') {
      this.executionTimeout(payload as WholeTimeout);
      return;
    }
    const { execution, turn } = payload as Turn;
    const run = runOf(this.region, this.state, execution);
    const visit = run?.execution.visit;
    if (!run || visit?.turn !== turn) return;
    const work: Promise<void>[] = [];
    const start = (task: RunningVisit) => {
      startTask(
        () => this.state,
        (trying) => work.push(this.follow(trying)),
        task as TaskRun,
      );
    };
    const task = taskOf(run);
    if (kind === 'enter') enter(run, visit, start);
    else if (kind === 'waited') waited(run, visit);
    else if ((kind === 'retry' || kind === 'redrive') && task) retryTask(start, task);
    else if (kind === 'redrive') enterAgain(run, visit);
    else if (kind === 'timeout' && task) failTask(task, timeoutFailure());
    return work[0];
  }

  /** Executions that run, or can be redriven, keep the machine with which they were started. */
  private keepFor(former: Machine): void {
    for (const execution of Object.values(this.state.executions))
      if (execution.machineArn === former.arn && execution.status !== 'SUCCEEDED')
        execution.former ??= former;
  }

  private async follow(trying: Promise<void>): Promise<void> {
    this.running += 1;
    try {
      await trying;
    } finally {
      this.running -= 1;
    }
  }

  private executionTimeout({ execution, since }: WholeTimeout): void {
    const run = runOf(this.region, this.state, execution);
    if (run && runningSince(run.execution) === since) end(run, 'TIMED_OUT', { error: 'States.Timeout' });
  }
}

export const makeStates = (region: Region): StatesService => new States(region);
