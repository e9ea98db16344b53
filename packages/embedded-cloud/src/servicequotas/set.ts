import type { Region } from '../core/service';

/** By codes, whatever their service. @throws Error for a code that no simulated service has. */
export const setQuotas = (region: Region, wanted: Readonly<Record<string, number>>): void => {
  for (const [code, value] of Object.entries(wanted)) {
    const quotas = region.service('servicequotas');
    const quota = Object.values(quotas.state.quotas).find((one) => one.code === code);
    if (!quota)
      throw new Error(`The embedded cloud knows no quota ${code}; leave it out of the description.`);
    quotas.grant(quota.serviceCode, code, value);
  }
};
