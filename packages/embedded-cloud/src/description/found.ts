/** A problem of a description, and where it stands. */
export interface Found {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
