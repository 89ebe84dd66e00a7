import { recordingMigrations } from '../recordings/migrations/1795500800000-recordings.js';
import { storedRecordingMigrations } from '../recordings/migrations/1795500801000-stored-recordings.js';
import { cameraLinkMigrations } from './1795500840000-camera-links.js';

export const mediaMigrations = [
  ...recordingMigrations,
  ...storedRecordingMigrations,
  ...cameraLinkMigrations,
];
