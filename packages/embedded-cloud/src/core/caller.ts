/** Who makes a call: a function by its role, a person (allowed everything), or an AWS service by its own role. */
export interface Caller {
  readonly kind: 'function' | 'person' | 'service';
  /** The role's ARN, or `arn:aws:iam::ACCOUNT:user/NAME`. */
  readonly arn: string;
  /** A function's name, a person's name or a service's principal (`events.amazonaws.com`). */
  readonly name: string;
}
