/**
 * The quota that counts running on-demand instances of a type, in vCPUs.
 * Source: EC2 user guide, "Amazon EC2 On-Demand Instances quotas".
 */
const standard = 'L-1216C47A';
const families: readonly (readonly [RegExp, string])[] = [
  [/^(dl)/, 'L-6E869C2A'],
  [/^(f)\d/, 'L-74FC7D96'],
  [/^(g|vt)\d/, 'L-DB2E81BA'],
  [/^(hpc)/, 'L-F7808C92'],
  [/^(inf)/, 'L-1945791B'],
  [/^(p)\d/, 'L-417A185B'],
  [/^(trn)/, 'L-2C3B7624'],
  [/^(u)-/, 'L-43DA4232'],
  [/^(x)\d/, 'L-7295265B'],
  [/^(a|c|d|h|i|m|r|t|z|im|is)[0-9]/, standard],
];

/** @returns the quota's code; undefined for a family that is not known here. */
export const quotaOf = (instanceType: string): string | undefined =>
  families.find(([family]) => family.test(instanceType))?.[1];
