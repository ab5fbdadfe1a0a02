import { usePreferences } from '../state/preferences.tsx';
import { TRAINING_TEXTS } from './texts.ts';

/** The texts of the page in the language chosen. */
export function useTrainingTexts() {
  return TRAINING_TEXTS[usePreferences().language];
}
