/** A role's identity policies: plain IAM documents, resolved from the template. */
export interface Role {
  readonly name: string;
  readonly policies: readonly unknown[];
}

/** By the role's ARN. */
export type Roles = Record<string, Role>;
