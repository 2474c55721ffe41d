/** Light or dark: as the device has it, or as the reader has chosen. */
import { useSyncExternalStore } from 'react';

export const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const STORED = 'retap-theme';
const watchers = new Set<() => void>();

function chosenTheme(): Theme {
  return THEMES.find((each) => each === localStorage.getItem(STORED)) ?? 'auto';
}

export function applyTheme(): void {
  document.documentElement.dataset.theme = chosenTheme();
}

function chooseTheme(theme: Theme): void {
  localStorage.setItem(STORED, theme);
  applyTheme();
  for (const watch of watchers) watch();
}

export function useTheme() {
  const theme = useSyncExternalStore((watch) => {
    watchers.add(watch);
    return () => watchers.delete(watch);
  }, chosenTheme);
  return { theme, chooseTheme };
}
