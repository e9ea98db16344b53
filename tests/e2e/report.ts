import type { Checks } from './checks';
import { whyPlayed } from './played';
import type { CallRecord } from './proxy/record';

/** Prints what ran on which emulator, which calls no emulator knows, and which checks pass. */
export const tell = (checks: Checks, record: CallRecord, seconds: number): void => {
  console.log('\nCalls by who answered');
  for (const emulator of ['ministack', 'moto', 'played'] as const) {
    const mine = record.all.filter((seen) => seen.emulator === emulator);
    const services = [...new Set(mine.map(({ service }) => service))].sort();
    console.log(`  ${emulator}: ${String(mine.length)} (${services.join(', ')})`);
  }
  console.log('\nCalls that no emulator answers as AWS does, and what was played instead');
  const played = record.all.filter(({ emulator }) => emulator === 'played');
  for (const [action, why] of Object.entries(whyPlayed)) {
    const count = played.filter((seen) => `${seen.service}:${seen.action}` === action).length;
    if (count > 0) console.log(`  ${action} (${String(count)}): ${why}`);
  }
  for (const line of record.unknown()) console.log(`  ${line}: nobody knows it`);
  console.log(
    `\n${String(checks.passed.length)} checks passed, ${String(checks.failed.length)} failed, in ${seconds.toFixed(0)} s`,
  );
  for (const { name } of checks.failed) console.log(`  FAILED  ${name}`);
};
