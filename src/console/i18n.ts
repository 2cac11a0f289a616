// Korean and English: by choice, kept in this browser, else by the browser's language.
import i18next from 'i18next';
import LanguageDetector from 'i18next-browser-languagedetector';
import { initReactI18next } from 'react-i18next';
import en from './locales/en.json';
import ko from './locales/ko.json';

export const LANGUAGES = ['ko', 'en'] as const;

await i18next
  .use(LanguageDetector)
  .use(initReactI18next)
  .init({
    resources: { ko: { translation: ko }, en: { translation: en } },
    supportedLngs: LANGUAGES,
    nonExplicitSupportedLngs: true,
    fallbackLng: 'en',
    detection: {
      order: ['localStorage', 'navigator'],
      caches: ['localStorage'],
      lookupLocalStorage: 'chadan.language',
    },
    interpolation: { escapeValue: false }, // React escapes
  });

i18next.on('languageChanged', tellDocument);
tellDocument(i18next.resolvedLanguage ?? 'en');

function tellDocument(language: string): void {
  document.documentElement.lang = language;
}

export default i18next;
