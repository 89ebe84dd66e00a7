import { recordingMigrations } from './1795500800000-recordings.js';
import { storedRecordingMigrations } from './1795500801000-stored-recordings.js';

export const mediaMigrations = [...recordingMigrations, ...storedRecordingMigrations];
