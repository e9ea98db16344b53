const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const parts = /^(?:\d+(?:\.\d+)?[smhd])+$/;

/** Parses `90s`, `10m`, `2h`, `1h30m` or `1.5d` into milliseconds; undefined for any other text. */
export const parseDuration = (text: string): number | undefined => {
  if (!parts.test(text)) return undefined;
  const seconds = [...text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)].reduce(
    (sum, [, number = '', unit = 's']) =>
      sum + Number(number) * unitSeconds[unit as keyof typeof unitSeconds],
    0,
  );
  return Math.round(seconds * 1_000);
};
