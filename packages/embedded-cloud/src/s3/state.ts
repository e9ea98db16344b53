/** Buckets and what lies in them; plain JSON. */
export interface StoredObject {
  readonly size: number;
  readonly modifiedAt: number;
  readonly etag: string;
  /** Of a text, such as a template. */
  readonly text?: string;
  /** The files in a zip, such as a function's code. Its bytes are not kept. */
  readonly entries?: readonly string[];
}

export interface Bucket {
  readonly createdAt: number;
  /** By key. */
  readonly objects: Record<string, StoredObject>;
}

export interface S3State {
  readonly buckets: Record<string, Bucket>;
}
