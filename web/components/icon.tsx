/** Small line drawings; what they mean stands beside them or in the label of their button. */
const PATHS = {
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 4.5 4.5',
  picture: 'M4 5h16v14H4Zm0 11 5-5 4 4 3-3 4 4M15.5 9h.01',
  filter: 'M4 6h16M7 12h10M10 18h4',
  similar: 'M8 4h12v12H8Zm8 12v4H4V8h4',
  cross: 'm6 6 12 12M18 6 6 18',
  left: 'm14 5-7 7 7 7',
  right: 'm10 5 7 7-7 7',
  sync: 'M20 12a8 8 0 0 1-14 5.3L4 15m0 5v-5h5M4 12a8 8 0 0 1 14-5.3L20 9m0-5v5h-5',
  auto: 'M12 4a8 8 0 1 0 0 16ZM12 4a8 8 0 0 1 0 16',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4m11.2 11.2L19 19M19 5l-1.4 1.4M6.4 17.6 5 19',
  dark: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z',
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
