/** Values as people read them. */
import type { Language } from '../texts/index.ts';

const LOCALES: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };
const KILO = 1000;
const UNITS = ['B', 'kB', 'MB', 'GB'];

export const fileName = (path: string) => path.split(/[/\\]/).at(-1)!;

export const score = (cosine: number) => cosine.toFixed(3);

export const percent = (share: number) => `${(share * 100).toFixed(1)}%`;

export const count = (number: number, language: Language) => number.toLocaleString(LOCALES[language]);

export function bytes(size: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(size, 1)) / Math.log(KILO)));
  const value = size / KILO ** power;
  return `${value.toFixed(power > 0 && value < 10 ? 1 : 0)} ${UNITS[power]}`;
}

/** A time of ISO 8601, in the zone it was written in: cameras have none, files have UTC and mean here. */
export function time(iso: string, language: Language): string {
  return new Date(iso).toLocaleString(LOCALES[language], { dateStyle: 'medium', timeStyle: 'short' });
}

/** 1:05 or 1:00:05. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [first, ...rest] = parts[0] === 0 ? parts.slice(1) : parts;
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}
