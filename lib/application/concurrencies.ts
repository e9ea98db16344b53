/** What a request does while another deployment works on its fleet. */
export const concurrencies = ['reject', 'queue-latest'] as const;
export type Concurrency = (typeof concurrencies)[number];
