const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `90s`, `10m`, `1h30m` or `1.5d`; undefined for anything else. */
export const parseDuration = (text: string): number | undefined => {
  if (!/^(?:\d+(?:\.\d+)?[smhd])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/([\d.]+)([smhd])/g)];
  const ms = parts.map(([, amount, unit]) => Number(amount) * unitMs[unit as keyof typeof unitMs]);
  return Math.round(ms.reduce((sum, one) => sum + one, 0));
};

/** Milliseconds for people: `0.4 s`, `42 s`, `6 min 12 s`, `1 h 04 min`, `2 d 3 h`. */
export const showDuration = (ms: number): string => {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${String(seconds)} s`;
  const two = (number: number) => String(number).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)} min ${two(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${String(hours)} h ${two(minutes % 60)} min`;
  return `${String(Math.floor(hours / 24))} d ${String(hours % 24)} h`;
};

/** Milliseconds ago, for people: `just now`, `12 min ago`, `3 h ago`. */
export const showAgo = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${String(minutes)} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${String(hours)} h ago` : `${String(Math.floor(hours / 24))} d ago`;
};
