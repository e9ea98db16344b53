import type { Region } from '../core/service';
import type { Outcome } from './answer';
import type { LambdaFunction } from './state';

/** What the actions need of the service (see `LambdaService`). */
export interface Functions {
  /** @throws AwsError `ResourceNotFoundException` */
  find(nameOrArn: string): LambdaFunction;
  arnOf(region: Region, nameOrArn: string): string;
  /** Invokes the function now. `payload` is JSON. */
  invokeText(definition: LambdaFunction, payload: string): Promise<Outcome>;
  /** Queues an `Event` invocation. */
  enqueue(definition: LambdaFunction, payload: string): void;
}
