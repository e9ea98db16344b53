export interface Quota {
  readonly serviceCode: string;
  readonly serviceName: string;
  readonly code: string;
  readonly name: string;
  /** AWS's default for a new account. */
  readonly defaultValue: number;
  readonly value: number;
  readonly adjustable: boolean;
  readonly unit: string;
}

export interface ServiceQuotasState {
  /** By service code and quota code: `ec2/L-1216C47A`. */
  quotas: Record<string, Quota>;
}
