import { findFunderRound } from '../programme/store.ts';
