import { z } from 'zod';
import { provinceCodes } from './provinceNames.js';

export * from './provinceNames.js';
export const province = z.enum(provinceCodes).describe('province, first two digits of GB/T 2260');
