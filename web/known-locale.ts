import { knowLocale } from '../src/train/report/known-locale.js';

// Here, and not where it is imported, so that it is done before uPlot loads.
knowLocale(navigator);
