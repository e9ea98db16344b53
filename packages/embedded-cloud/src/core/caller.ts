/**
 * The caller of an action: a function with its role, a person (allowed everything), or an AWS service with its own
 * role.
 */
export interface Caller {
  readonly kind: 'function' | 'person' | 'service';
  /** The role's ARN, or `arn:aws:iam::ACCOUNT:user/NAME`. */
  readonly arn: string;
  /** A function's name, a person's name or a service's principal (`events.amazonaws.com`). */
  readonly name: string;
}
