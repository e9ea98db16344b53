/**
 * The instance types that the cloud knows, with vCPUs, memory and architecture as AWS lists them. The sizes of a
 * family follow one pattern. Bare metal and accelerated types are left out.
 */

export interface InstanceTypeFacts {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMiB: number;
  readonly architecture: 'x86_64' | 'arm64';
  readonly burstable: boolean;
}

/** vCPUs by size, for families with fixed performance. */
const fixedSizes: Readonly<Record<string, number>> = {
  medium: 1,
  large: 2,
  xlarge: 4,
  '2xlarge': 8,
  '4xlarge': 16,
  '8xlarge': 32,
  '12xlarge': 48,
  '16xlarge': 64,
  '24xlarge': 96,
};

/** vCPUs and memory in MiB by size, for burstable families. */
const burstableSizes: Readonly<Record<string, readonly [number, number]>> = {
  nano: [2, 512],
  micro: [2, 1_024],
  small: [2, 2_048],
  medium: [2, 4_096],
  large: [2, 8_192],
  xlarge: [4, 16_384],
  '2xlarge': [8, 32_768],
};

/** Memory in GiB per vCPU, for families with fixed performance. */
const fixedFamilies: Readonly<Record<string, number>> = {
  c5: 2,
  c5a: 2,
  c6a: 2,
  c6g: 2,
  c6i: 2,
  c7a: 2,
  c7g: 2,
  c7i: 2,
  c8g: 2,
  m5: 4,
  m5a: 4,
  m6a: 4,
  m6g: 4,
  m6i: 4,
  m7a: 4,
  m7g: 4,
  m7i: 4,
  m8g: 4,
  r5: 8,
  r6g: 8,
  r6i: 8,
  r7g: 8,
  r7i: 8,
  r8g: 8,
};

const burstableFamilies = ['t3', 't3a', 't4g'];

/** Graviton families have a `g` after the generation. */
const architectureOf = (family: string) => (/^[a-z]+\d+g/.test(family) ? 'arm64' : 'x86_64');

/** Only Graviton and AMD's seventh generation have a `medium` with one vCPU. */
const hasMedium = (family: string) => architectureOf(family) === 'arm64' || /^[cmr]7a$/.test(family);

const buildTable = (): Map<string, InstanceTypeFacts> => {
  const table = new Map<string, InstanceTypeFacts>();
  for (const [family, gibPerVcpu] of Object.entries(fixedFamilies)) {
    for (const [size, vcpus] of Object.entries(fixedSizes)) {
      if (size === 'medium' && !hasMedium(family)) continue;
      const name = `${family}.${size}`;
      const memoryMiB = vcpus * gibPerVcpu * 1_024;
      table.set(name, { name, vcpus, memoryMiB, architecture: architectureOf(family), burstable: false });
    }
  }
  for (const family of burstableFamilies) {
    for (const [size, [vcpus, memoryMiB]] of Object.entries(burstableSizes)) {
      const name = `${family}.${size}`;
      table.set(name, { name, vcpus, memoryMiB, architecture: architectureOf(family), burstable: true });
    }
  }
  return table;
};

export const instanceTypes: ReadonlyMap<string, InstanceTypeFacts> = buildTable();

/**
 * Quota code of running on-demand standard instances (A, C, D, H, I, M, R, T, Z), in vCPUs. It covers all types of
 * the table.
 */
export const standardVcpuQuota = 'L-1216C47A';
