import type {
  GetAWSDefaultServiceQuotaCommandInput,
  GetAWSDefaultServiceQuotaCommandOutput,
  GetServiceQuotaCommandInput,
  GetServiceQuotaCommandOutput,
  ListServiceQuotasCommandInput,
  ListServiceQuotasCommandOutput,
  ServiceQuota,
} from '@aws-sdk/client-service-quotas';
import { AwsError } from '../core/errors';
import type { Action, Region, Service } from '../core/service';
import { defaultQuotas, quotaKey } from '../servicequotas/defaults';
import type { Quota, ServiceQuotasState } from '../servicequotas/state';

declare module '../core/service' {
  interface Services {
    servicequotas: ServiceQuotasService;
  }
}

export interface ServiceQuotasService extends Service<ServiceQuotasState> {
  /** The granted value; undefined for an unknown quota. */
  value(serviceCode: string, quotaCode: string): number | undefined;
  /** Grants another value. @throws NoSuchResourceException */
  grant(serviceCode: string, quotaCode: string, value: number): void;
}

type Answer<Output> = Omit<Output, '$metadata'>;

const noSuchResource = () =>
  new AwsError(
    'NoSuchResourceException',
    'The request failed because the specified service does not exist.',
    {
      statusCode: 404,
    },
  );

const find = (region: Region, serviceCode: string | undefined, quotaCode: string | undefined): Quota => {
  const quota = region.service('servicequotas').state.quotas[quotaKey(serviceCode ?? '', quotaCode ?? '')];
  if (!quota) throw noSuchResource();
  return quota;
};

const describe = (region: Region, quota: Quota, value: number): ServiceQuota => ({
  ServiceCode: quota.serviceCode,
  ServiceName: quota.serviceName,
  QuotaArn: region.arn('servicequotas', quotaKey(quota.serviceCode, quota.code)),
  QuotaCode: quota.code,
  QuotaName: quota.name,
  Value: value,
  Unit: quota.unit,
  Adjustable: quota.adjustable,
  GlobalQuota: false,
});

const getServiceQuota: Action<GetServiceQuotaCommandInput, Answer<GetServiceQuotaCommandOutput>> = {
  requires: () => [{ action: 'servicequotas:GetServiceQuota', resource: '*' }],
  run: (input, region) => {
    const quota = find(region, input.ServiceCode, input.QuotaCode);
    return { Quota: describe(region, quota, quota.value) } satisfies Answer<GetServiceQuotaCommandOutput>;
  },
};

const getDefault: Action<
  GetAWSDefaultServiceQuotaCommandInput,
  Answer<GetAWSDefaultServiceQuotaCommandOutput>
> = {
  requires: () => [{ action: 'servicequotas:GetAWSDefaultServiceQuota', resource: '*' }],
  run: (input, region) => {
    const quota = find(region, input.ServiceCode, input.QuotaCode);
    return {
      Quota: describe(region, quota, quota.defaultValue),
    } satisfies Answer<GetAWSDefaultServiceQuotaCommandOutput>;
  },
};

const listServiceQuotas: Action<ListServiceQuotasCommandInput, Answer<ListServiceQuotasCommandOutput>> = {
  requires: () => [{ action: 'servicequotas:ListServiceQuotas', resource: '*' }],
  run: (input, region) => {
    const all = Object.values(region.service('servicequotas').state.quotas).filter(
      ({ serviceCode }) => serviceCode === input.ServiceCode,
    );
    if (all.length === 0) throw noSuchResource();
    const found = all.filter(({ code }) => input.QuotaCode === undefined || code === input.QuotaCode);
    const from = input.NextToken === undefined ? 0 : Number(input.NextToken);
    if (!Number.isInteger(from))
      throw new AwsError('InvalidPaginationTokenException', 'Invalid input was provided.');
    const page = found.slice(from, from + (input.MaxResults ?? 100));
    const end = from + page.length;
    return {
      Quotas: page.map((quota) => describe(region, quota, quota.value)),
      ...(end < found.length && { NextToken: String(end) }),
    } satisfies Answer<ListServiceQuotasCommandOutput>;
  },
};

export const makeServiceQuotas = (region: Region): ServiceQuotasService => {
  const service: ServiceQuotasService = {
    state: { quotas: defaultQuotas() },
    actions: {
      GetAWSDefaultServiceQuota: getDefault,
      GetServiceQuota: getServiceQuota,
      ListServiceQuotas: listServiceQuotas,
    },
    due: (kind) => {
      throw new Error(`Service Quotas puts nothing on the agenda, got ${kind}.`);
    },
    value: (serviceCode, quotaCode) => service.state.quotas[quotaKey(serviceCode, quotaCode)]?.value,
    grant: (serviceCode, quotaCode, value) => {
      const quota = find(region, serviceCode, quotaCode);
      service.state.quotas[quotaKey(serviceCode, quotaCode)] = { ...quota, value };
    },
  };
  return service;
};
