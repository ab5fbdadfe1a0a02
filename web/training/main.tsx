import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PreferencesProvider } from '../state/preferences.tsx';
import { TrainingPage } from './page.tsx';

createRoot(document.querySelector('#root')!).render(
  <StrictMode>
    <PreferencesProvider>
      <TrainingPage />
    </PreferencesProvider>
  </StrictMode>,
);
